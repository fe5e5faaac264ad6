"""The event loop admits a connection after the batch that is being recorded."""

import threading

import pytest

from parlour.core.entries import Batch
from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.core.ports import Peer
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server import recording
from parlour.server.recording import Recording
from parlour.server.runtime import Runtime
from tests.server.running_servers import TIMEOUT, serve_async

SAID = b'{"type": "message", "data": "hi"}\n'


def test_a_connection_is_admitted_after_the_batch_that_is_being_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "MAX_WAIT", TIMEOUT)
    calls: list[str] = []
    is_recording, has_arrived = threading.Event(), threading.Event()

    class SlowStore(MemoryStore):
        """A store whose appends wait until somebody has arrived."""

        def append(self, batch: Batch) -> None:
            is_recording.set()
            assert has_arrived.wait(TIMEOUT)
            super().append(batch)
            calls.append("recorded")

    class ObservedRuntime(Runtime):
        __slots__ = ()

        def connect(
            self, peer: Peer, now: float, kind: ConnectionKind
        ) -> ConnectionId | Rejected:
            if is_recording.is_set():
                calls.append("admitted")
                has_arrived.set()
            return super().connect(peer, now, kind)

    def arrive_and_wait(self: Recording) -> None:
        if is_recording.is_set():
            has_arrived.set()
        wait(self)

    wait = Recording.wait
    monkeypatch.setattr(Recording, "wait", arrive_and_wait)
    monkeypatch.setattr("tests.server.running_servers.Runtime", ObservedRuntime)
    with serve_async(Limits(), history=SlowStore(Retention())) as server:
        romeo = server.connect()
        romeo.receive()
        romeo.send(SAID)
        assert is_recording.wait(TIMEOUT)
        juliet = server.connect()
        juliet.receive()

    assert calls[:2] == ["recorded", "admitted"]
