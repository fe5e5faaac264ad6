"""Behaviour of both drivers that needs real sockets."""

import socket
import threading
from contextlib import suppress

import pytest

from parlour.core.events import ConnectionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from tests.server.clients import (
    joined,
    message_line,
    receive_message,
    receive_until,
)
from tests.server.running_servers import Serve, on_both_drivers, serve_threads


@on_both_drivers
def test_a_line_over_the_limit_is_refused_and_skipped(serve: Serve) -> None:
    with serve(Limits(max_line=1000)) as server:
        romeo = joined(server.connect())
        line = message_line("x" * 900)
        romeo.send(b"{" + b"y" * 3_000_000 + b"\n" + line)

        error = ("[Server]", "a line has at most 1,000 bytes")
        assert receive_message(romeo) == error
        assert receive_message(romeo) == (romeo.address, "x" * 900)


@on_both_drivers
def test_a_full_server_sends_the_reason_and_a_fin(serve: Serve) -> None:
    with serve(Limits(max_users=1)) as server:
        romeo = joined(server.connect())
        juliet = server.connect()
        juliet.send(message_line("let me in") * 1000)

        full = "the server is full (1 user); try again later"
        assert receive_message(juliet) == ("[Server]", full)
        assert juliet.receive() == b""
        romeo.send(message_line("alone"))
        assert receive_message(romeo) == (romeo.address, "alone")


@on_both_drivers
def test_a_member_that_leaves_makes_room_for_another(serve: Serve) -> None:
    with serve(Limits(max_users=2)) as server:
        romeo, juliet = joined(server.connect()), joined(server.connect())
        receive_message(romeo)
        juliet.finish()
        assert juliet.receive() == b""
        juliet.close()
        left = f"{juliet.address} has left the chat"
        assert receive_message(romeo) == ("[Server]", left)
        while not (line := server.connect().receive()).endswith(b'the chat"}}\n'):
            assert b"is full" in line  # the socket is still closing

        assert receive_message(romeo)[1].endswith("has entered the chat")


@on_both_drivers
def test_a_connection_ends_with_a_fin_despite_unread_input(serve: Serve) -> None:
    with serve(Limits()) as server:
        romeo = joined(server.connect())
        has_sent = threading.Event()

        def flood() -> None:
            try:
                while True:
                    romeo.sock.sendall(b"\n" * 65_536)
                    has_sent.set()
            except OSError:
                pass  # the connection is closed

        flooding = threading.Thread(target=flood)
        flooding.start()
        assert has_sent.wait(10)
        server.stop()

        assert receive_message(romeo) == ("[Server]", "the server is shutting down")
        assert romeo.receive() == b""
        romeo.sock.shutdown(socket.SHUT_RDWR)
        flooding.join()


@on_both_drivers
def test_an_incomplete_line_times_out(serve: Serve) -> None:
    with serve(Limits(line_timeout=0.2)) as server:
        romeo, juliet = joined(server.connect()), joined(server.connect())
        receive_message(romeo)
        juliet.send(b'{"type":"mess')

        reason = "a line must end within 0.2 seconds"
        assert receive_message(juliet) == ("[Server]", reason)
        assert juliet.receive() == b""
        left = f"{juliet.address} has left the chat"
        assert receive_message(romeo) == ("[Server]", left)


@on_both_drivers
def test_a_client_over_the_rate_limit_is_delayed_and_loses_nothing(
    serve: Serve,
) -> None:
    with serve(Limits(rate=Rate(50.0, 5.0))) as server:
        romeo = joined(server.connect())
        juliet = joined(server.connect(source="127.0.0.2"))
        receive_message(romeo)
        for number in range(20):
            juliet.send(message_line(str(number)))
        juliet.finish()

        texts = [receive_message(romeo)[1] for _ in range(21)]
        left = f"{juliet.address} has left the chat"
        assert texts == [*map(str, range(20)), left]
        assert server.hub.counters.delayed > 0


@on_both_drivers
def test_local_clients_are_exempt_from_the_rate_limit(serve: Serve) -> None:
    with serve(Limits(rate=Rate(0.001, 1.0))) as server:
        romeo = joined(server.connect())
        romeo.send(b"".join(message_line(str(number)) for number in range(100)))

        texts = [receive_message(romeo)[1] for _ in range(100)]
        assert texts == [*map(str, range(100))]
        assert server.hub.counters.delayed == 0


@on_both_drivers
def test_all_members_receive_all_messages_in_the_same_order(serve: Serve) -> None:
    count, lines = 12, 200
    with serve(Limits()) as server:
        peers = [joined(server.connect()) for _ in range(count)]
        for number, peer in enumerate(peers):
            for _ in range(count - 1 - number):
                receive_message(peer)
        transcripts: list[list[tuple[str, str]]] = [[] for _ in peers]

        def send_and_receive(number: int) -> None:
            for line in range(lines):
                peers[number].send(message_line(f"{number} {line}"))
            for _ in range(count * lines):
                transcripts[number].append(receive_message(peers[number]))

        threads = [
            threading.Thread(target=send_and_receive, args=(number,))
            for number in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert all(transcript == transcripts[0] for transcript in transcripts)
        for number, peer in enumerate(peers):
            sent = [text for source, text in transcripts[0] if source == peer.address]
            assert sent == [f"{number} {line}" for line in range(lines)]


@on_both_drivers
def test_a_flush_is_one_write_per_member(serve: Serve) -> None:
    with serve(Limits()) as server:
        peers = [joined(server.connect()) for _ in range(5)]
        for number, peer in enumerate(peers):
            for _ in range(4 - number):
                receive_message(peer)
        before = server.hub.counters.writes
        peers[0].send(b"".join(message_line(str(number)) for number in range(500)))
        for peer in peers:
            for number in range(500):
                assert receive_message(peer) == (peers[0].address, str(number))

        # The server reads the lines in a few pieces, and writes once for each.
        assert server.hub.counters.writes - before <= 5 * 50


def test_each_client_has_a_thread_of_its_own() -> None:
    with serve_threads(Limits()) as server:
        peers = [joined(server.connect()) for _ in range(3)]

        names = {thread.name for thread in threading.enumerate()}
        assert {peer.address for peer in peers} <= names


class BrokenHub(Hub):
    """A hub with a bug in the processing of one line."""

    def receive(self, connection: ConnectionId, data: bytes, now: float) -> None:
        if b"boom" in data:
            raise ZeroDivisionError
        super().receive(connection, data, now)


def test_a_bug_in_a_reader_thread_ends_its_connection_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bugs: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: bugs.append(args[0]))
    with serve_threads(hub=BrokenHub(Limits())) as server:
        romeo, juliet = joined(server.connect()), joined(server.connect())
        receive_message(romeo)

        juliet.send(message_line("boom"))

        with suppress(ConnectionResetError):
            while juliet.receive():
                pass
        receive_until(romeo, f"{juliet.address} has left the chat")
        romeo.send(message_line("alone"))
        assert receive_message(romeo) == (romeo.address, "alone")
    assert bugs == [ZeroDivisionError]
