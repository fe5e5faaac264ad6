"""Peers that half-close their connection, and read nothing after that."""

import threading
import time

import pytest

from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, SessionId
from parlour.core.limits import Limits
from parlour.core.storage import Page, Query
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.server.clients import message_line, send
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers


class SlowHistory(MemoryStore):
    """A store with more messages than sockets buffer, which answers when allowed."""

    def __init__(self) -> None:
        super().__init__(Retention())
        said = Said(LOBBY, "Ann", "x" * 4000, SessionId(1))
        self.append(Batch(time.time(), (said,) * 3000))
        self.is_queried, self.may_answer = threading.Event(), threading.Event()

    def read(self, query: Query) -> Page:
        self.is_queried.set()
        assert self.may_answer.wait(TIMEOUT)
        return super().read(query)


@on_both_drivers
@pytest.mark.parametrize("end", ["reset", "stalled", "too much queued"])
def test_a_half_closed_peer_that_does_not_read_is_disconnected(
    serve: Serve, end: str
) -> None:
    limits = Limits(
        stall_timeout=0.2, max_queued=100_000 if end == "too much queued" else 128 << 20
    )
    history = SlowHistory()
    cursor = {"epoch": history.load().epoch, "sequence": 0}
    with serve(limits, history=history) as server:
        peer = server.connect(receive_buffer=4096)
        send(peer, "hello", version=1, resume={LOBBY: cursor})
        assert history.is_queried.wait(TIMEOUT)
        peer.finish()
        for thread in threading.enumerate():  # the peer's, in the threaded driver
            if thread.name == peer.address:
                thread.join(TIMEOUT)

        if end == "reset":
            peer.reset()
        history.may_answer.set()
        other = server.connect()
        other.send(message_line("hi"))
        assert other.receive()  # it has joined
        deadline = time.monotonic() + TIMEOUT
        while len(server.hub) > 1 and time.monotonic() < deadline:
            other.send(b"\n")
        assert len(server.hub) == 1
