"""One simulated server process: the real hub and the real asyncio driver."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context

from parlour.core.hub import Hub
from parlour.journal.recorder import Recorder
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.runtime import Runtime

from .loop import PROCESS, Process, SimulatedListener, SimulatedLoop
from .network import FakeSocket
from .settings import WALL_AT_ZERO


class ServerProcess:
    """A server until it stops or is killed."""

    def __init__(
        self,
        loop: SimulatedLoop,
        hub: Hub,
        recorder: Recorder,
        recv_size: int,
        announce: Callable[[], None],
    ) -> None:
        self.hub, self._loop = hub, loop
        self._process = Process()
        self._context = copy_context()
        self._context.run(PROCESS.set, self._process)
        runtime = Runtime(
            hub=hub,
            recorder=recorder,
            listeners=[FakeSocket()],
            recv_size=recv_size,
            announce=announce,
            wall=lambda: WALL_AT_ZERO + loop.time(),
        )
        self._driver = AsyncioDriver(runtime, loop)
        self._task = loop.create_task(self._driver.run(), context=self._context)

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive

    @property
    def listener(self) -> SimulatedListener | None:
        """Its listener, once there is one."""
        for listener in self._loop.listeners:
            if listener.process is self._process:
                return listener
        return None

    async def wait(self) -> None:
        """Wait until it has stopped or was killed."""
        await asyncio.wait([self._task])
        self._crash()

    def call(self, change: Callable[[], object]) -> None:
        """Run *change*, which uses the hub, in the process, and take a turn."""
        if self.is_alive:
            self._context.copy().run(change)
            self._context.copy().run(self._driver.schedule_turn)

    def stop(self) -> None:
        """Stop gracefully."""
        self._driver.stop()

    def kill(self) -> None:
        """End at once, and cancel all callbacks."""
        self._crash()
        self._task.cancel()

    def _crash(self) -> None:
        self._process.is_alive = False
        for listener in self._loop.listeners:
            if listener.process is self._process:
                listener.crash()
        self._loop.listeners = [
            each for each in self._loop.listeners if each.process is not self._process
        ]
