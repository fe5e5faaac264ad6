"""Places, floods and slow readers behind real sockets, in both drivers."""

import json
import threading
import time

import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import SessionId
from parlour.core.limits import Limits
from tests.server.running_servers import (
    PATIENCE,
    Running,
    Serve,
    SocketPeer,
    serve_async,
    serve_threads,
)
from tests.server.test_drivers import entered, heard, message

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)

BOUND = "127.0.0.9"
"""An address that is bound to the rate and to the limits per address."""


def drop_all(peer: SocketPeer) -> threading.Thread:
    """Read all that *peer* is sent, to its end."""

    def drop() -> None:
        try:
            while peer.sock.recv(1 << 20):
                pass
        except OSError:
            pass

    thread = threading.Thread(target=drop, daemon=True)
    thread.start()
    return thread


def echo(peer: SocketPeer, text: str) -> None:
    """Say *text*, and wait until it comes back among whatever else is told."""
    peer.send(message(text))
    while json.loads(peer.receive())["data"]["message"] != text:
        pass


@on_both
def test_who_hears_that_one_left_can_bring_another_at_once(serve: Serve) -> None:
    with serve(Limits(max_users=2)) as running:
        romeo = entered(running.connect())
        guest = running.connect()
        romeo.receive()

        for _ in range(30):
            guest.finish()
            assert heard(romeo)[1] == f"{guest.address} has left the chat"
            guest = running.connect()
            said = heard(guest)[1]
            assert said == f"{guest.address} has entered the chat"
            assert heard(romeo)[1] == said


@on_both
@pytest.mark.parametrize("source", ["", BOUND], ids=["exempt", "bound"])
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
def test_one_who_speaks_is_heard_while_others_flood(
    serve: Serve, source: str, flood: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as running:
        loud = [running.connect(source=source) for _ in range(10)]
        romeo = running.connect()
        for peer in loud:
            drop_all(peer)
            peer.sock.setblocking(False)
            flooded(peer, flood)
        waited = watch(running, monkeypatch)

        for number in range(5):
            echo(romeo, f"line {number}")

    assert len(waited) == 5
    assert max(waited) <= 10 * 8192, "some turns, and not all that the others sent"


def watch(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many lines the hub takes between each line of ours and its flush.

    It is the hub that is asked, since this thread may run late.
    """
    hub, began, waited = running.hub, list[int](), list[int]()
    receive, flush = hub.receive, hub.flush

    def received(session: SessionId, data: bytes, now: float) -> None:
        if b"line " in data:
            began.append(hub.counters.lines)
        receive(session, data, now)

    def flushed(now: float) -> list[Write]:
        deliveries = flush(now)
        if began and any(b"line " in data for data, _, _ in deliveries):
            waited.append(hub.counters.lines - began.pop())
        return deliveries

    monkeypatch.setattr(hub, "receive", received)
    monkeypatch.setattr(hub, "flush", flushed)
    return waited


def flooded(peer: SocketPeer, data: bytes) -> None:
    """Send as much of *data* as the system takes at once."""
    try:
        while data:
            data = data[peer.sock.send(data) :]
    except BlockingIOError:
        pass


@on_both
def test_one_address_cannot_take_all_places(serve: Serve) -> None:
    with serve(Limits(max_users=20, max_per_address=5)) as running:
        bound = [running.connect(source=BOUND) for _ in range(8)]
        codes = [ending(peer) for peer in bound]

        other = running.connect(source="127.0.0.10")
        assert heard(other)[1] == f"{other.address} has entered the chat"
        assert codes.count("your address has 5 connections here, the most allowed") == 3
        here = [entered(running.connect()) for _ in range(10)]
        assert len(here) == 10


def ending(peer: SocketPeer) -> str:
    """Return what *peer* is told first."""
    return heard(peer)[1]


@on_both
def test_those_with_most_waiting_are_cut_off_and_the_others_stay(serve: Serve) -> None:
    with serve(Limits(max_queued=1 << 20)) as running:
        romeo = entered(running.connect())
        loud = [running.connect(source=BOUND) for _ in range(30)]
        for peer in loud:  # their lines wait for the rate: 64 KiB of each, at least
            peer.sock.setblocking(False)
            flooded(peer, b"\n" * 100_000)

        deadline, ended = time.monotonic() + PATIENCE, running.hub.counters.closed
        while not ended["too_much_queued"] and time.monotonic() < deadline:
            echo(romeo, "x")

        assert ended["too_much_queued"]
        echo(romeo, "still here")
