"""The timer of the asyncio driver, for deadlines within the resolution of its clock."""

import pytest

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.state.state import State
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.event_loops import new_event_loop
from parlour.server.runtime import Runtime


def test_the_driver_does_not_busy_wait_for_a_deadline_within_a_clock_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = MemoryStore(Retention())
    hub = Hub(Limits(), State(history.load()))
    runtime = Runtime(hub, InlineRecorder(history), [], 65536, lambda: None)
    loop = new_event_loop()
    turns, late = 0, loop.time() + 0.02

    def deadline(now: float) -> float | None:
        """Return a time within a clock tick, a little nearer at each call."""
        nonlocal turns
        turns += 1
        if now >= late:
            loop.stop()
            return None
        return now + 0.0004 - turns * 1e-9

    monkeypatch.setattr(hub, "deadline", deadline)
    driver = AsyncioDriver(runtime, loop)
    failures: list[object] = []
    loop.set_exception_handler(lambda _, context: failures.append(context))

    driver.schedule_turn()
    driver.schedule_turn()
    loop.run_forever()
    loop.close()

    assert failures == []
    # Two calls per turn, and one turn per millisecond; busy-waiting takes thousands.
    assert turns < 200
