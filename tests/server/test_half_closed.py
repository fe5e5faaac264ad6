"""Peers that end their side first, and then are gone."""

import json
import threading
import time

import pytest

from parlour.core.events import LOBBY, SessionId
from parlour.core.limits import Limits
from parlour.core.storage import Draft, Page, Query
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.server.running_servers import PATIENCE, Serve, serve_async, serve_threads

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


class SlowHistory(MemoryStore):
    """A history of more than sockets take, which answers nothing before it may."""

    def __init__(self) -> None:
        super().__init__(Retention())
        draft = Draft(LOBBY, "Ann", "x" * 4000, SessionId(1))
        self.append([draft] * 3000, time.time())
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def read(self, query: Query) -> Page:
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE)
        return super().read(query)


@on_both
@pytest.mark.parametrize("end", ["gone", "stalled", "cut off"])
def test_a_peer_that_ended_and_takes_no_answer_is_let_go(
    serve: Serve, end: str
) -> None:
    limits = Limits(
        stall_timeout=0.2, max_queued=100_000 if end == "cut off" else 128 << 20
    )
    history = SlowHistory()
    point = {"epoch": history.extent(LOBBY).epoch, "sequence": 0}
    hello = {"type": "hello", "data": {"version": 1, "resume": {LOBBY: point}}}
    with serve(limits, history=history) as running:
        peer = running.connect(receive_buffer=4096)
        peer.send(json.dumps(hello).encode() + b"\n")
        assert history.is_asked.wait(PATIENCE)
        peer.finish()
        for thread in threading.enumerate():  # its end is read, where it has a thread
            if thread.name == peer.address:
                thread.join(PATIENCE)

        if end == "gone":
            peer.reset()
        history.may_answer.set()
        other = running.connect()
        other.send(b'{"type":"message","data":"hi"}\n')
        assert other.receive()  # it is in
        deadline = time.monotonic() + PATIENCE
        while len(running.hub) > 1 and time.monotonic() < deadline:
            other.send(b"\n")
        assert len(running.hub) == 1
