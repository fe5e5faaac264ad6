"""What only bytes and sockets can do, in both drivers."""

import json
import socket
import threading

import pytest

from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from tests.server.running_servers import Serve, SocketPeer, serve_async, serve_threads

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


def message(text: str) -> bytes:
    return json.dumps({"type": "message", "data": text}).encode() + b"\n"


def heard(peer: SocketPeer) -> tuple[str, str]:
    """Return who says what in the next line."""
    said = json.loads(peer.receive())["data"]
    return said["source"], said["message"]


def entered(peer: SocketPeer) -> SocketPeer:
    """Wait until *peer* has heard itself enter."""
    assert heard(peer) == ("[Server]", f"{peer.address} has entered the chat")
    return peer


@on_both
def test_a_line_over_the_limit_is_refused_and_skipped(serve: Serve) -> None:
    with serve(Limits(max_line=1000)) as running:
        romeo = entered(running.connect())
        line = message("x" * 900)
        romeo.send(b"{" + b"y" * 3_000_000 + b"\n" + line)

        assert heard(romeo) == ("[Server]", "a line has at most 1,000 bytes")
        assert heard(romeo) == (romeo.address, "x" * 900)


@on_both
def test_a_full_server_says_so_and_ends_with_a_fin(serve: Serve) -> None:
    with serve(Limits(max_users=1)) as running:
        romeo = entered(running.connect())
        juliet = running.connect()
        juliet.send(message("let me in") * 1000)

        full = "the server is full (1 user); try again later"
        assert heard(juliet) == ("[Server]", full)
        assert juliet.receive() == b""
        romeo.send(message("alone"))
        assert heard(romeo) == (romeo.address, "alone")


@on_both
def test_there_is_room_again_when_one_has_left(serve: Serve) -> None:
    with serve(Limits(max_users=2)) as running:
        romeo, juliet = entered(running.connect()), entered(running.connect())
        heard(romeo)
        juliet.finish()
        assert juliet.receive() == b""
        juliet.close()
        assert heard(romeo) == ("[Server]", f"{juliet.address} has left the chat")
        while not (line := running.connect().receive()).endswith(b'the chat"}}\n'):
            assert b"is full" in line  # its socket is still being closed

        assert heard(romeo)[1].endswith("has entered the chat")


@on_both
def test_the_end_is_a_fin_even_when_input_was_left_unread(serve: Serve) -> None:
    with serve(Limits()) as running:
        romeo = entered(running.connect())
        stopping = threading.Event()

        def flood() -> None:
            try:
                while True:
                    romeo.sock.sendall(b"\n" * 65_536)
                    stopping.set()
            except OSError:
                pass  # the server is gone

        flooding = threading.Thread(target=flood)
        flooding.start()
        assert stopping.wait(10)
        running.stop()

        assert heard(romeo) == ("[Server]", "the server is shutting down")
        assert romeo.receive() == b""
        romeo.sock.shutdown(socket.SHUT_RDWR)
        flooding.join()


@on_both
def test_a_half_line_ends_within_its_time(serve: Serve) -> None:
    with serve(Limits(line_timeout=0.2)) as running:
        romeo, juliet = entered(running.connect()), entered(running.connect())
        heard(romeo)
        juliet.send(b'{"type":"mess')

        reason = "a line must end within 0.2 seconds"
        assert heard(juliet) == ("[Server]", reason)
        assert juliet.receive() == b""
        assert heard(romeo) == ("[Server]", f"{juliet.address} has left the chat")


@on_both
def test_who_speaks_too_fast_is_delayed_and_loses_nothing(serve: Serve) -> None:
    with serve(Limits(rate=Rate(50.0, 5.0))) as running:
        romeo = entered(running.connect())
        juliet = entered(running.connect(source="127.0.0.2"))
        heard(romeo)
        for number in range(20):
            juliet.send(message(str(number)))
        juliet.finish()

        texts = [heard(romeo)[1] for _ in range(21)]
        left = f"{juliet.address} has left the chat"
        assert texts == [*map(str, range(20)), left]
        assert running.hub.counters.delayed > 0


@on_both
def test_this_machine_is_exempt_from_the_rate(serve: Serve) -> None:
    with serve(Limits(rate=Rate(0.001, 1.0))) as running:
        romeo = entered(running.connect())
        romeo.send(b"".join(message(str(number)) for number in range(100)))

        assert [heard(romeo)[1] for _ in range(100)] == [*map(str, range(100))]
        assert running.hub.counters.delayed == 0


@on_both
def test_everybody_hears_everything_in_one_order(serve: Serve) -> None:
    speakers, lines = 12, 200
    with serve(Limits()) as running:
        peers = [entered(running.connect()) for _ in range(speakers)]
        for number, peer in enumerate(peers):
            for _ in range(speakers - 1 - number):
                heard(peer)
        transcripts: list[list[tuple[str, str]]] = [[] for _ in peers]

        def talk(number: int) -> None:
            for line in range(lines):
                peers[number].send(message(f"{number} {line}"))
            for _ in range(speakers * lines):
                transcripts[number].append(heard(peers[number]))

        talking = [threading.Thread(target=talk, args=(n,)) for n in range(speakers)]
        for thread in talking:
            thread.start()
        for thread in talking:
            thread.join()

        assert all(transcript == transcripts[0] for transcript in transcripts)
        for number, peer in enumerate(peers):
            own = [text for source, text in transcripts[0] if source == peer.address]
            assert own == [f"{number} {line}" for line in range(lines)]


@on_both
def test_a_flush_is_one_write_per_member(serve: Serve) -> None:
    with serve(Limits()) as running:
        peers = [entered(running.connect()) for _ in range(5)]
        for number, peer in enumerate(peers):
            for _ in range(4 - number):
                heard(peer)
        before = running.hub.counters.writes
        peers[0].send(b"".join(message(str(number)) for number in range(500)))
        for peer in peers:
            for number in range(500):
                assert heard(peer) == (peers[0].address, str(number))

        # Read in a few pieces at most, so nowhere near one write per line.
        assert running.hub.counters.writes - before <= 5 * 50


def test_each_client_has_a_thread_of_its_own() -> None:
    with serve_threads(Limits()) as running:
        peers = [entered(running.connect()) for _ in range(3)]

        names = {thread.name for thread in threading.enumerate()}
        assert {peer.address for peer in peers} <= names
