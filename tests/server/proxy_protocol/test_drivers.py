"""Connections of trusted proxies on both drivers, with TLS and without."""

import logging
import select
from contextlib import suppress
from socket import SHUT_WR

import pytest

from parlour.core.limits import Limits
from parlour.core.proxies import TrustedProxies
from parlour.core.rate_limit import Rate
from parlour.server.proxy_protocol import asyncio_acceptor
from parlour.server.proxy_protocol.listening import Proxies
from parlour.server.threaded_driver import handshaking, proxy_headers
from parlour.server.tls import asyncio_acceptor as tls_acceptor
from parlour.server.tls.handshakes import MAX_PER_ADDRESS
from tests.server.clients import (
    command_line,
    joined,
    message_line,
    receive_event,
    receive_message,
)
from tests.server.proxy_protocol.headers import binary, line, local, tls_extension
from tests.server.running_servers import (
    TIMEOUT,
    RunningServer,
    Serve,
    SocketPeer,
    on_both_drivers,
)
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import TLSPeer

PROXY = "127.0.0.2"
TRUSTED = Proxies(TrustedProxies([PROXY]))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing end by a deadline before the peers of the tests give up."""
    for module in (asyncio_acceptor, proxy_headers):
        monkeypatch.setattr(module, "HEADER_TIMEOUT", 60.0)
    for module in (tls_acceptor, handshaking):
        monkeypatch.setattr(module, "HANDSHAKE_TIMEOUT", 60.0)


def through_proxy(server: RunningServer, header: bytes, port: int = 0) -> SocketPeer:
    """Connect from the address of the proxy, which sends *header*."""
    peer = SocketPeer(port or server.port, source=PROXY)
    server.peers.callback(peer.close)
    peer.send(header)
    return peer


def tls_through_proxy(server: RunningServer, header: bytes) -> TLSPeer:
    """Connect in the same way to the port for TLS, and shake hands."""
    peer = TLSPeer(server.tls_port, source=PROXY, shakes_hands=False)
    server.peers.callback(peer.close)
    peer.sock.sendall(header)
    peer.shake_hands()
    return peer


def rest_of(peer: SocketPeer) -> bytes:
    """Return everything that a peer receives until its end, or a reset."""
    received = b""
    with suppress(ConnectionError):
        while data := peer.receive():
            received += data
    return received


def is_quiet(server: RunningServer, member: SocketPeer) -> bool:
    """Return whether a member has received nothing but what it says now."""
    member.send(message_line("quiet?"))
    return receive_message(member)[1] == "quiet?" and len(server.hub) == 1


@on_both_drivers
@pytest.mark.parametrize(
    ("header", "name"),
    [
        (line(), "192.0.2.7:4711"),
        (line("2001:db8::7"), "[2001:db8::7]:4711"),
        (binary(), "192.0.2.7:4711"),
        (binary("::ffff:192.0.2.7"), "192.0.2.7:4711"),
    ],
)
def test_a_silent_user_behind_a_proxy_has_the_real_address(
    serve: Serve, header: bytes, name: str
) -> None:
    with serve(proxies=TRUSTED) as server:
        peer = through_proxy(server, header)

        assert receive_message(peer)[1] == f"{name} has entered the chat"


@on_both_drivers
@pytest.mark.parametrize("size", [1, 65_536])
def test_lines_in_the_packet_of_the_header_arrive_in_order(
    serve: Serve, size: int
) -> None:
    lines = [command_line("hello", version=1, name="juliet")]
    lines += [message_line(f"{number}" * 900) for number in range(9)]
    with serve(proxies=TRUSTED, recv_size=size) as server:
        peer = through_proxy(server, line() + b"".join(lines))

        assert receive_event(peer, "welcome")["you"] == "juliet"
        receive_until_event = receive_event(peer, "message")
        while receive_until_event["message"] != "8" * 900:
            receive_until_event = receive_event(peer, "message")


@on_both_drivers
def test_a_header_byte_by_byte_is_one(serve: Serve) -> None:
    with serve(proxies=TRUSTED) as server:
        peer = through_proxy(server, b"")
        for byte in binary() + command_line("hello", version=1, name="juliet"):
            peer.send(bytes([byte]))

        assert receive_event(peer, "welcome")["you"] == "juliet"


@on_both_drivers
def test_the_header_of_anybody_else_is_only_a_line(serve: Serve) -> None:
    with serve(proxies=TRUSTED) as server:
        peer = joined(server.connect())
        peer.send(line())
        peer.send(message_line("end"))
        while (found := receive_message(peer))[1] != "end":
            assert "192.0.2.7" not in found[0]

        assert found[0] == peer.address


@on_both_drivers
@pytest.mark.parametrize("data", [message_line("hello"), b"\x16\x03\x01"])
def test_without_a_header_nothing_reaches_the_chat(serve: Serve, data: bytes) -> None:
    with serve(proxies=TRUSTED) as server:
        member = joined(server.connect())
        answer = rest_of(through_proxy(server, data))

        assert b"a proxy that sends a PROXY header" in answer
        assert is_quiet(server, member)


@on_both_drivers
def test_an_invalid_header_gets_no_answer(serve: Serve) -> None:
    with serve(proxies=TRUSTED) as server:
        member = joined(server.connect())

        assert rest_of(through_proxy(server, b"PROXY TCP4 x\r\n")) == b""
        assert is_quiet(server, member)


@on_both_drivers
def test_a_silent_connection_of_a_proxy_ends_at_its_deadline(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio_acceptor, "HEADER_TIMEOUT", 0.2)
    monkeypatch.setattr(proxy_headers, "HEADER_TIMEOUT", 0.2)
    with serve(proxies=TRUSTED) as server:
        member = joined(server.connect())

        assert b"PROXY header" in rest_of(through_proxy(server, b""))
        assert rest_of(through_proxy(server, line()[:-1])) == b""
        assert is_quiet(server, member)


@on_both_drivers
def test_the_oldest_silent_connection_makes_room_for_a_new_one(serve: Serve) -> None:
    with serve(proxies=Proxies(TRUSTED.trusted, 2)) as server:
        peers = [through_proxy(server, line()[:10]) for _ in range(3)]

        assert rest_of(peers[0]) == b""
        peers[2].send(line()[10:])
        assert receive_message(peers[2])[1] == "192.0.2.7:4711 has entered the chat"


@on_both_drivers
@pytest.mark.usefixtures("patient")
def test_headers_that_the_server_aborts_are_no_failures_of_proxies(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        serve(proxies=Proxies(TRUSTED.trusted, 2)) as server,
    ):
        peers = [through_proxy(server, line()[:10]) for _ in range(4)]
        assert rest_of(peers[0]) + rest_of(peers[1]) == b""
        server.stop()
        assert rest_of(peers[2]) + rest_of(peers[3]) == b""
        server.thread.join(TIMEOUT)

    assert "proxy.failed" not in caplog.text


@on_both_drivers
@pytest.mark.usefixtures("patient")
def test_the_oldest_health_check_makes_room_for_a_new_one(serve: Serve) -> None:
    with serve(proxies=Proxies(TRUSTED.trusted, 2)) as server:
        peers = [through_proxy(server, local()) for _ in range(3)]

        assert rest_of(peers[0]) == b""


@on_both_drivers
@pytest.mark.parametrize("header", [local(), b"PROXY UNKNOWN\r\n"])
def test_health_checks_are_not_announced(serve: Serve, header: bytes) -> None:
    with serve(proxies=TRUSTED, certificates=localhost_pair().certificates) as server:
        member = joined(server.connect())
        check = through_proxy(server, header + message_line("I am nobody"))
        check.finish()
        secure = tls_through_proxy(server, header)
        secure.send(message_line("neither am I"))
        secure.sock.shutdown(SHUT_WR)
        through_proxy(server, b"").close()

        assert rest_of(check) == b""
        assert is_quiet(server, member)


@on_both_drivers
def test_limits_count_the_real_address(serve: Serve) -> None:
    with serve(Limits(max_per_address=1), proxies=TRUSTED) as server:
        first = through_proxy(server, line("192.0.2.7", 1))
        receive_message(first)
        second = through_proxy(server, line("192.0.2.7", 2))
        other = through_proxy(server, line("192.0.2.8", 3))

        assert b"your address has 1 connection" in rest_of(second)
        assert receive_message(other)[1] == "192.0.2.8:3 has entered the chat"


@on_both_drivers
def test_a_proxy_may_pass_on_more_connections_than_one_address_may_open(
    serve: Serve,
) -> None:
    with serve(proxies=TRUSTED) as server:
        for number in range(200):
            peer = through_proxy(server, line(f"192.0.2.{number}"))
            peer.send(command_line("hello", version=1, name=f"user{number}"))
            assert receive_event(peer, "welcome")["you"] == f"user{number}"
            peer.close()


@on_both_drivers
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (line("127.0.0.1"), "tls_required"),
        (line("::1"), "tls_required"),
        (line("127.0.0.3"), "tls_required"),
        (binary("::ffff:127.0.0.1"), "tls_required"),
        (binary("192.0.2.7"), "tls_required"),
        (binary("192.0.2.7", extensions=tls_extension(0)), "tls_required"),
        (binary("192.0.2.7", extensions=tls_extension()), "auth_failed"),
    ],
)
def test_passwords_need_tls_to_the_proxy(
    serve: Serve, header: bytes, reason: str
) -> None:
    with serve(proxies=TRUSTED) as server:
        peer = through_proxy(server, header)
        hello = {"version": 1, "account": "Romeo", "password": "wrong", "rooms": []}
        peer.send(command_line("hello", **hello))

        assert receive_event(peer, "error")["code"] == reason


@on_both_drivers
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_nobody_behind_a_proxy_is_exempt_from_limits(serve: Serve, host: str) -> None:
    with serve(Limits(rate=Rate(2.0, 2.0)), proxies=TRUSTED) as server:
        peer = through_proxy(server, line(host))
        peer.send(command_line("hello", version=1, name="Romeo", rooms=[]))
        peer.send(b"".join(command_line("ping", token=f"{n}") for n in range(4)))
        while receive_event(peer, "pong")["token"] != "3":
            pass

        assert server.hub.counters.delayed > 0


@on_both_drivers
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_connections_of_a_reported_address_of_this_machine_are_limited(
    serve: Serve, host: str
) -> None:
    with serve(Limits(max_per_address=1), proxies=TRUSTED) as server:
        receive_message(through_proxy(server, line(host)))

        assert b"the most allowed" in rest_of(through_proxy(server, line(host)))


@on_both_drivers
@pytest.mark.usefixtures("patient")
def test_handshakes_of_a_reported_address_of_this_machine_are_limited(
    serve: Serve,
) -> None:
    certificates = localhost_pair().certificates
    with serve(proxies=TRUSTED, certificates=certificates) as server:
        peers = [
            TLSPeer(server.tls_port, source=PROXY, shakes_hands=False)
            for _ in range(MAX_PER_ADDRESS + 1)
        ]
        for peer in peers:
            server.peers.callback(peer.close)
            peer.sock.sendall(line("127.0.0.1"))

        ended, _, _ = select.select([peer.sock for peer in peers], [], [], TIMEOUT)
        assert [sock.recv(1) for sock in ended] == [b""]


@on_both_drivers
def test_a_header_comes_before_the_handshake(serve: Serve) -> None:
    with serve(proxies=TRUSTED, certificates=localhost_pair().certificates) as server:
        peer = tls_through_proxy(server, line())
        hello = {"version": 1, "account": "Romeo", "password": "wrong", "rooms": []}
        peer.send(command_line("hello", **hello))

        assert receive_event(peer, "error")["code"] == "auth_failed"


@on_both_drivers
def test_header_and_handshake_may_share_a_packet(serve: Serve) -> None:
    with serve(proxies=TRUSTED, certificates=localhost_pair().certificates) as server:
        peer = TLSPeer(server.tls_port, source=PROXY, shakes_hands=False)
        server.peers.callback(peer.close)
        peer.sock.sendall(binary() + peer.hello())
        peer.shake_hands()

        assert receive_message(peer)[1] == "192.0.2.7:4711 has entered the chat"


@on_both_drivers
@pytest.mark.usefixtures("patient")
def test_the_shutdown_does_not_wait_for_headers(serve: Serve) -> None:
    with serve(proxies=TRUSTED) as server:
        silent = through_proxy(server, b"")
        check = through_proxy(server, local())
        receive_message(through_proxy(server, line()))
        server.stop()

        assert rest_of(silent) == b""
        assert rest_of(check) == b""
