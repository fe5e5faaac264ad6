"""Clients that flood or open many connections do not block other clients."""

import threading
import time

import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from tests.server.clients import joined, message_line, receive_message, receive_until
from tests.server.running_servers import (
    TIMEOUT,
    RunningServer,
    Serve,
    SocketPeer,
    on_both_drivers,
)

LIMITED = "127.0.0.9"
"""An address to which the rate limit and the limits per address apply."""


def discard_input(peer: SocketPeer) -> None:
    """Read and discard everything that *peer* receives, in a thread."""

    def discard() -> None:
        try:
            while peer.sock.recv(1 << 20):
                pass
        except OSError:
            pass

    threading.Thread(target=discard, daemon=True).start()


def send_what_fits(peer: SocketPeer, data: bytes) -> None:
    """Send as much of *data* as the socket accepts at once."""
    peer.sock.setblocking(False)
    try:
        while data:
            data = data[peer.sock.send(data) :]
    except BlockingIOError:
        pass


def echo(peer: SocketPeer, text: str) -> None:
    """Send *text*, and wait until *peer* receives its own message."""
    peer.send(message_line(text))
    receive_until(peer, text)


@on_both_drivers
def test_another_user_can_join_once_the_notice_of_a_leave_arrives(serve: Serve) -> None:
    with serve(Limits(max_users=2)) as server:
        romeo = joined(server.connect())
        guest = server.connect()
        romeo.receive()

        for _ in range(30):
            guest.finish()
            assert receive_message(romeo)[1] == f"{guest.address} has left the chat"
            guest = server.connect()
            notice = receive_message(guest)[1]
            assert notice == f"{guest.address} has entered the chat"
            assert receive_message(romeo)[1] == notice


@on_both_drivers
@pytest.mark.parametrize("source", ["", LIMITED], ids=["exempt", "limited"])
@pytest.mark.parametrize(
    "flood",
    [
        b"\n" * 300_000,
        b" \t\r\n" * 80_000,
        b'{"type":"message","data":""}\n' * 10_000,
        b'{"type":"set-name","data":"a b c"}\n{"type":"set-name","data":"d"}\n' * 3_000,
        b'{"type":"users","data":""}\n' * 10_000,
        b'{"type":"history","data":""}\n' * 10_000,
    ],
    ids=["empty", "blank", "refused", "renames", "users", "history"],
)
def test_a_message_is_delivered_soon_while_others_flood(
    serve: Serve, source: str, flood: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as server:
        flooders = [server.connect(source=source) for _ in range(10)]
        romeo = server.connect()
        for peer in flooders:
            discard_input(peer)
            send_what_fits(peer, flood)
        lines = lines_until_flush(server, monkeypatch)

        for number in range(5):
            echo(romeo, f"line {number}")

    assert len(lines) == 5
    assert max(lines) <= 10 * 8192, "a few turns, and not everything the others sent"


def lines_until_flush(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Return how many lines the hub processes between our lines and their flushes.

    The hub counts them, since this thread may run late.
    """
    hub, starts, counts = server.hub, list[int](), list[int]()
    receive, flush = hub.receive, hub.flush

    def counting_receive(connection: ConnectionId, data: bytes, now: float) -> None:
        if b"line " in data:
            starts.append(hub.counters.lines)
        receive(connection, data, now)

    def counting_flush(now: float) -> list[Write]:
        writes = flush(now)
        if starts and any(b"line " in data for data, _, _ in writes):
            counts.append(hub.counters.lines - starts.pop())
        return writes

    monkeypatch.setattr(hub, "receive", counting_receive)
    monkeypatch.setattr(hub, "flush", counting_flush)
    return counts


@on_both_drivers
def test_one_address_cannot_use_all_connections(serve: Serve) -> None:
    with serve(Limits(max_users=20, max_per_address=5)) as server:
        limited = [server.connect(source=LIMITED) for _ in range(8)]
        notices = [receive_message(peer)[1] for peer in limited]

        other = server.connect(source="127.0.0.10")
        assert receive_message(other)[1] == f"{other.address} has entered the chat"
        refusal = "your address has 5 connections here, the most allowed"
        assert notices.count(refusal) == 3
        local = [joined(server.connect()) for _ in range(10)]
        assert len(local) == 10


@on_both_drivers
def test_the_sessions_with_most_queued_are_aborted_and_others_stay(
    serve: Serve,
) -> None:
    with serve(Limits(max_queued=1 << 20)) as server:
        romeo = joined(server.connect())
        flooders = [server.connect(source=LIMITED) for _ in range(30)]
        for peer in flooders:  # the rate limit queues at least 64 KiB of each
            send_what_fits(peer, b"\n" * 100_000)

        deadline, closed = time.monotonic() + TIMEOUT, server.hub.counters.closed
        while not closed["too_much_queued"] and time.monotonic() < deadline:
            echo(romeo, "x")

        assert closed["too_much_queued"]
        echo(romeo, "still here")
