"""Connections with TLS on both drivers: handshakes, ends, slow peers and shutdown."""

import json
import logging
import socket
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from parlour.core.limits import Limits
from parlour.core.ports import Peer as CorePeer
from parlour.server.threaded_driver import handshaking
from parlour.server.threaded_driver.acceptor import Admission
from parlour.server.threaded_driver.transports import SocketTransport
from parlour.server.tls import asyncio_acceptor
from parlour.server.tls.certificates import Certificates, load_pair
from tests.server.clients import (
    Peer,
    command_line,
    joined,
    message_line,
    receive_event,
    receive_message,
    receive_until,
)
from tests.server.running_servers import (
    TIMEOUT,
    RunningServer,
    Serve,
    SocketPeer,
    on_both_drivers,
    serve_threads,
)
from tests.server.tls.pairs import localhost_pair, make_pair
from tests.server.tls.peers import TLSPeer, client_context, connect_tls

TEXT = "x" * 4000


@pytest.fixture
def certificates() -> Certificates:
    return localhost_pair().certificates


def tls_joined(server: RunningServer, source: str = "") -> TLSPeer:
    """Connect a peer with TLS, and wait until it has joined."""
    peer = connect_tls(server, source=source)
    assert receive_message(peer)[1] == f"{peer.address} has entered the chat"
    return peer


def raw_socket(server: RunningServer, source: str = "") -> SocketPeer:
    """Connect to the port for TLS without any bytes."""
    peer = SocketPeer(server.tls_port, source=source)
    server.peers.callback(peer.close)
    return peer


def end_of(peer: SocketPeer) -> bytes:
    """Return everything that a socket receives until its end, or a reset."""
    received = b""
    try:
        while data := peer.sock.recv(65_536):
            received += data
    except ConnectionResetError:
        pass
    return received


# -- handshakes ---------------------------------------------------------------------


@on_both_drivers
def test_members_with_and_without_tls_are_in_one_chat(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        plain = joined(server.connect())
        secure = tls_joined(server)
        receive_message(plain)
        secure.send(message_line("from TLS"))
        assert receive_message(plain) == (secure.address, "from TLS")
        plain.send(message_line("to TLS"))

        assert receive_message(secure) == (secure.address, "from TLS")
        assert receive_message(secure) == (plain.address, "to TLS")


@on_both_drivers
def test_python_and_openssl_clients_connect(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        with (
            socket.create_connection(("127.0.0.1", server.tls_port), TIMEOUT) as sock,
            client_context().wrap_socket(sock, server_hostname="localhost") as python,
        ):
            assert b"entered the chat" in python.recv(65_536)
        for version in ("-tls1_2", "-tls1_3"):
            done = s_client(server, version, data=message_line("from openssl"))
            assert b'"from openssl"' in done.stdout
            assert b"Verify return code: 0 (ok)" in done.stdout


@on_both_drivers
def test_tls_1_1_is_refused(serve: Serve, certificates: Certificates) -> None:
    with serve(certificates=certificates) as server:
        done = s_client(server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")

        assert b"alert protocol version" in done.stderr
        assert server.hub.counters.connections == 0


@on_both_drivers
def test_renegotiation_is_refused(serve: Serve, certificates: Certificates) -> None:
    with serve(certificates=certificates) as server:
        done = s_client(server, "-tls1_2", data=b"R\n", quiet=False)

        assert b"no renegotiation" in done.stderr


def s_client(
    server: RunningServer, *options: str, data: bytes = b"", quiet: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run ``openssl s_client`` until the server has answered *data*."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}"]
    command += ["-CAfile", str(localhost_pair().cert), *options]
    if quiet:
        command.append("-nocommands")
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        output = b""
        process.stdin.write(data)
        process.stdin.flush()
        while quiet and data and b'"from openssl"' not in output:
            output += process.stdout.readline()
        rest, errors = process.communicate(timeout=TIMEOUT)
        return subprocess.CompletedProcess(
            command, process.returncode, output + rest, errors
        )


@on_both_drivers
def test_a_handshake_byte_by_byte_and_lines_byte_by_byte_arrive(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        peer = TLSPeer(server.tls_port, shakes_hands=False)
        server.peers.callback(peer.close)
        for byte in peer.hello():
            peer.sock.sendall(bytes([byte]))
        peer.shake_hands()
        for byte in peer.encrypt(message_line("slowly")):
            peer.sock.sendall(bytes([byte]))

        receive_until(peer, "slowly")


@on_both_drivers
def test_a_first_line_in_one_packet_with_the_handshake_is_the_first_line(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(Limits(admission_delay=TIMEOUT), certificates=certificates) as server:
        peer = TLSPeer(server.tls_port, shakes_hands=False)
        server.peers.callback(peer.close)
        peer.shake_hands(sends_last=False)
        peer.send(command_line("hello", version=1, name="juliet"))

        assert receive_event(peer, "welcome")["you"] == "juliet"


@on_both_drivers
def test_a_silent_peer_is_admitted_after_its_handshake(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        raw_socket(server)
        peer = tls_joined(server)
        peer.send(command_line("users"))

        assert peer.address in receive_message(peer)[1]
        assert server.hub.counters.connections == 1


@on_both_drivers
def test_a_half_open_handshake_ends_at_its_deadline_and_is_not_announced(
    serve: Serve, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio_acceptor, "HANDSHAKE_TIMEOUT", 0.2)
    monkeypatch.setattr(handshaking, "HANDSHAKE_TIMEOUT", 0.2)
    with serve(certificates=certificates) as server:
        silent, half = raw_socket(server), raw_socket(server)
        other = joined(server.connect())
        half.send(b"\x16\x03\x01")

        assert end_of(silent) == b""
        assert end_of(half) == b""
        assert server.runtime.tls is not None
        assert server.runtime.tls.read().results["timeout"] == 2
        other.send(message_line("alone"))
        assert receive_message(other) == (other.address, "alone")
        assert server.hub.counters.connections == 1


@on_both_drivers
def test_half_open_handshakes_of_one_address_keep_nobody_else_out(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        half_open = [raw_socket(server, "127.0.0.2") for _ in range(64)]
        refused = raw_socket(server, "127.0.0.2")

        assert end_of(refused) == b""
        assert tls_joined(server).tls.version() == "TLSv1.3"
        half_open[0].finish()
        assert end_of(half_open[0]) == b""
        assert tls_joined(server, source="127.0.0.2").tls.version() == "TLSv1.3"


@on_both_drivers
def test_handshakes_that_the_server_aborts_are_no_failures_of_peers(
    serve: Serve, certificates: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        serve(certificates=certificates, max_handshakes=8) as server,
    ):
        for _ in range(16):  # half of them make room, the others end at shutdown
            raw_socket(server).send(b"\x16\x03\x01")
        tls_joined(server)
        server.stop()
        server.thread.join(TIMEOUT)

    assert "session.joined" in caplog.text
    assert "tls.failed" not in caplog.text


@on_both_drivers
def test_a_flood_of_half_open_handshakes_keeps_nobody_out(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates, max_handshakes=8) as server:
        half_open = [raw_socket(server) for _ in range(9)]

        assert end_of(half_open[0]) == b"", "the oldest is aborted"
        assert tls_joined(server).tls.version() == "TLSv1.3"
        assert server.hub.counters.connections == 1


def test_a_connection_that_is_being_admitted_makes_no_room_for_others(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Admission.admit

    def admit_late(self: Admission, transport: SocketTransport, peer: CorePeer) -> bool:
        other = raw_socket(server)
        other.send(message_line("another handshake"))
        assert b"this port is for TLS" in end_of(other)
        return admit(self, transport, peer)

    monkeypatch.setattr(Admission, "admit", admit_late)
    with serve_threads(certificates=certificates, max_handshakes=1) as server:
        tls_joined(server)


@on_both_drivers
def test_a_connection_does_not_count_as_a_handshake_afterwards(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates, max_handshakes=2) as server:
        peers = [tls_joined(server) for _ in range(10)]
        peers[0].send(message_line("still here"))

        receive_until(peers[0], "still here")


@on_both_drivers
@pytest.mark.parametrize("data", [message_line("hello?"), b"GET / HTTP/1.1\r\n\r\n"])
def test_a_client_without_tls_gets_a_line_that_says_so(
    serve: Serve, certificates: Certificates, data: bytes
) -> None:
    with serve(certificates=certificates) as server:
        peer = raw_socket(server)
        peer.send(data)

        line = json.loads(end_of(peer))
        reason = "this port is for TLS, and the connection is not encrypted"
        assert line["data"]["message"] == f"{reason}: connect with TLS (--tls)"
        assert server.hub.counters.connections == 0


@on_both_drivers
def test_a_client_with_tls_on_the_port_without_gets_an_end(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        peer = TLSPeer(server.port, shakes_hands=False)
        server.peers.callback(peer.close)

        with pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"):
            peer.shake_hands()
        assert server.hub.counters.closed["not_a_chat_client"] == 1


@on_both_drivers
def test_a_certificate_is_new_for_new_connections_only(
    serve: Serve, tmp_path: Path
) -> None:
    first, second = make_pair(tmp_path, "first"), make_pair(tmp_path, "second")
    certificates = first.certificates
    with serve(certificates=certificates) as server:
        old = TLSPeer(server.tls_port, context=client_context(first.cert))
        server.peers.callback(old.close)
        receive_until(old, f"{old.address} has entered the chat")
        first.copy_from(second)
        certificates.replace(load_pair(*first))
        new = TLSPeer(server.tls_port, context=client_context(second.cert))
        server.peers.callback(new.close)
        new.send(message_line("hi"))

        receive_until(old, "hi")


# -- the end of a connection --------------------------------------------------------


@on_both_drivers
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_peer_that_has_ended_receives_the_answers_and_a_close_notify(
    serve: Serve, certificates: Certificates, version: ssl.TLSVersion
) -> None:
    context = client_context()
    context.maximum_version = version
    with serve(certificates=certificates) as server:
        peer = TLSPeer(server.tls_port, context=context)
        server.peers.callback(peer.close)
        lines = b"".join(message_line(f"{n} {TEXT}") for n in range(200))
        peer.sock.sendall(peer.encrypt(lines) + peer.last_bytes())

        for number in range(200):
            receive_until(peer, f"{number} {TEXT}")
        assert peer.receive() == b""
        assert peer.has_close_notify
        assert peer.sock.recv(1) == b""


@on_both_drivers
def test_a_fin_without_a_close_notify_ends_the_input_too(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        peer = connect_tls(server)
        peer.send(message_line("complete") + b'{"type":"message","data":"cut')
        peer.sock.shutdown(socket.SHUT_WR)

        receive_until(peer, "complete")
        assert peer.receive() == b""
        assert peer.has_close_notify
        assert server.hub.counters.messages == 1


@on_both_drivers
def test_a_reset_is_a_lost_connection(serve: Serve, certificates: Certificates) -> None:
    with serve(certificates=certificates) as server:
        romeo, juliet = tls_joined(server), tls_joined(server)
        receive_message(romeo)
        juliet.reset()

        left = f"{juliet.address} has left the chat"
        assert receive_message(romeo) == ("[Server]", left)


@on_both_drivers
def test_a_forged_record_ends_only_its_own_connection(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        romeo, juliet = tls_joined(server), tls_joined(server)
        receive_message(romeo)
        record = bytearray(juliet.encrypt(message_line("I am romeo")))
        record[-1] ^= 1
        juliet.sock.sendall(record)

        left = f"{juliet.address} has left the chat"
        assert receive_message(romeo) == ("[Server]", left)


@on_both_drivers
def test_a_forged_record_in_one_packet_with_the_handshake_ends_only_its_own_connection(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        romeo = tls_joined(server)
        forger = TLSPeer(server.tls_port, shakes_hands=False)
        server.peers.callback(forger.close)
        forger.shake_hands(sends_last=False)
        record = bytearray(forger.encrypt(message_line("I am romeo")))
        record[-1] ^= 1
        forger.sock.sendall(record)

        with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
            forger.receive()
        romeo.send(message_line("still here"))
        receive_until(romeo, "still here")


@on_both_drivers
def test_the_last_lines_arrive_at_shutdown_despite_unread_input(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        peer = tls_joined(server)
        peer.send(message_line("before the end"))
        receive_until(peer, "before the end")
        server.stop()
        peer.send(b"\n" * 50_000)

        assert receive_message(peer)[1] == "the server is shutting down"
        assert peer.receive() == b""
        assert peer.has_close_notify
        peer.close()


@on_both_drivers
def test_a_full_server_says_so_by_tls(serve: Serve, certificates: Certificates) -> None:
    with serve(Limits(max_users=1), certificates=certificates) as server:
        tls_joined(server)
        refused = connect_tls(server)
        refused.send(message_line("let me in") * 1000)

        full = "the server is full (1 user); try again later"
        assert receive_message(refused) == ("[Server]", full)
        assert refused.receive() == b""
        assert refused.has_close_notify


# -- traffic ------------------------------------------------------------------------


@on_both_drivers
def test_long_lines_and_long_answers_arrive(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        romeo = tls_joined(server)
        romeo.send(b"".join(message_line(f"{n} {TEXT}") for n in range(500)))
        for number in range(500):
            receive_until(romeo, f"{number} {TEXT}")
        juliet = connect_tls(server)
        juliet.send(command_line("hello", version=1, name="juliet"))
        juliet.send(command_line("history", before=501, limit=500))

        messages = receive_event(juliet, "history", "error")["messages"]
        assert isinstance(messages, list)
        assert len(messages) > 50  # 256 KiB
        assert messages[-1]["message"] == f"499 {TEXT}"


@on_both_drivers
def test_a_member_with_tls_that_never_reads_is_aborted(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(Limits(stall_timeout=0.5), certificates=certificates) as server:
        slow = connect_tls(server, receive_buffer=4096)
        romeo = joined(server.connect())
        notices = list[str]()
        for sent in range(6000):
            romeo.send(message_line(f"{sent} {TEXT}"))
            while (line := receive_message(romeo)) != (romeo.address, f"{sent} {TEXT}"):
                notices.append(line[1])
            if any("left" in notice for notice in notices):
                break

        assert f"{slow.address} has left the chat" in notices
        assert server.hub.counters.closed["stalled"] == 1


@on_both_drivers
def test_a_late_reader_with_tls_receives_everything(
    serve: Serve, certificates: Certificates
) -> None:
    limits = Limits(stall_timeout=60.0, recent_events_bytes=64 << 20)
    with serve(limits, certificates=certificates) as server:
        late = connect_tls(server, receive_buffer=4096)
        romeo = joined(server.connect())
        for sent in range(3000):
            romeo.send(message_line(f"{sent} {TEXT}"))
            while receive_message(romeo) != (romeo.address, f"{sent} {TEXT}"):
                pass
        assert len(server.hub.lagging) == 1

        for sent in range(3000):
            receive_until(late, f"{sent} {TEXT}")


@on_both_drivers
def test_a_client_with_tls_that_queries_and_never_reads_is_aborted(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(Limits(stall_timeout=0.5), certificates=certificates) as server:
        other = tls_joined(server)
        other.send(b"".join(message_line(f"{n} {TEXT}") for n in range(200)))
        receive_until(other, f"199 {TEXT}")
        greedy = connect_tls(server, receive_buffer=4096)
        greedy.sock.settimeout(1.0)
        with suppress(TimeoutError, ConnectionError):
            for _ in range(1000):
                greedy.send(b'{"type":"history"}\n' * 1000)

        left = f"{greedy.address} has left the chat"
        while receive_message(other)[1] != left:
            pass


@on_both_drivers
def test_two_hundred_members_receive_the_same_lines(
    serve: Serve, certificates: Certificates
) -> None:
    with serve(certificates=certificates) as server:
        peers = [connect_tls(server) for _ in range(200)]
        receive_until(peers[-1], f"{peers[-1].address} has entered the chat")
        for number in range(20):
            peers[number].send(message_line(f"line {number}"))

        for peer in peers:
            seen = set[str]()
            while len(seen) < 20:
                text = receive_message(peer)[1]
                seen |= {text} if text.startswith("line") else set()


@on_both_drivers
def test_passwords_are_accepted_from_other_machines_with_tls(
    serve: Serve, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.server.addresses.is_loopback", lambda _: False)
    with serve(certificates=certificates) as server:
        plain, secure = server.connect(), connect_tls(server)
        codes = [register(plain, "romeo"), register(secure, "juliet")]

        assert codes == ["tls_required", ""]


def register(peer: Peer, name: str) -> str:
    """Register an account, and return the code of the error, or nothing."""
    peer.send(command_line("hello", version=1, rooms=["lobby"], name=name))
    receive_event(peer, "room")
    peer.send(command_line("register", password="a plague on both"))
    return str(receive_event(peer, "error", "account").get("code", ""))
