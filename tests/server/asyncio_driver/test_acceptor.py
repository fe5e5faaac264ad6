"""How many connections the asyncio driver accepts before it does other work."""

import asyncio
import socket
from collections.abc import Callable
from typing import ParamSpec, TypeVar

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
from parlour.server.sockets import listen
from tests.server.running_servers import TIMEOUT

ALL = 200  # connections that wait
MOST = 128  # of them are accepted in one turn

NewLoop = Callable[[], asyncio.AbstractEventLoop]
P = ParamSpec("P")
T = TypeVar("T")


def counted(function: Callable[P, T], counts: list[int]) -> Callable[P, T]:
    """Return *function*, which adds 1 to the last of *counts* at each call."""

    def call(*args: P.args, **options: P.kwargs) -> T:
        counts[-1] += 1
        return function(*args, **options)

    return call


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, new_event_loop])
def test_a_turn_of_the_loop_accepts_a_bounded_number_of_connections(
    monkeypatch: pytest.MonkeyPatch, new_loop: NewLoop
) -> None:
    history = MemoryStore(Retention())
    hub = Hub(Limits(), State(history.load()))
    arrivals = [0]  # in each turn
    monkeypatch.setattr(hub, "connect", counted(hub.connect, arrivals))
    ready, listeners = asyncio.Event(), listen("127.0.0.1", 0)
    address = listeners[0].getsockname()
    runtime = Runtime(hub, InlineRecorder(history), listeners, 65_536, ready.set)

    async def run() -> None:
        driver = AsyncioDriver(runtime, asyncio.get_running_loop())
        async with asyncio.timeout(TIMEOUT), asyncio.TaskGroup() as group:
            group.create_task(driver.run())
            await ready.wait()
            for _ in range(ALL):  # the loop waits meanwhile; the system queues them
                socket.create_connection(address, TIMEOUT).close()
            while sum(arrivals) < ALL:
                arrivals.append(0)
                await asyncio.sleep(0)
            driver.stop()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())

    assert sum(arrivals) == ALL
    assert max(arrivals) <= MOST
