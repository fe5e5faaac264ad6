"""A world with one server at a time, which records to a simulated disk."""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from parlour.core.events import RoomName
from parlour.core.hub import Hub
from parlour.core.state.state import State
from parlour.core.storage import StoredRoom
from tests.proof.records import StoredHistory

from .loop import SimulatedListener, SimulatedLoop
from .server import ServerProcess
from .settings import Settings
from .storage import SimulatedDisk, SimulatedRecorder


class SingleServer:
    """One server after another, with the same disk."""

    def __init__(
        self,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        settings: Settings,
    ) -> None:
        self._loop, self._rng, self._faults = loop, rng, faults
        self._settings = settings
        self._disk = self.make_disk()
        self._recorder: SimulatedRecorder | None = None
        self._server: ServerProcess | None = None
        self._is_repaired = self._is_over = False
        self._last_rooms: dict[RoomName, StoredRoom] = {}

    def make_disk(self) -> SimulatedDisk:
        """Return the disk of all servers."""
        return SimulatedDisk(self._rng, self._faults, self._settings)

    def make_hub(self) -> Hub:
        """Return the hub of a server that starts now."""
        settings = self._settings
        return Hub(settings.limits, State(self._disk.load(), settings.numbering))

    def damage(self) -> None:
        """Damage the disk, now and then, while no server runs."""
        if self._rng.random() < 0.3:
            self._disk.truncate_or_recreate()

    @property
    def histories(self) -> list[StoredHistory]:
        return self._disk.histories

    @property
    def refused_texts(self) -> set[str]:
        return self._disk.refused_texts

    def faults(self) -> list[Callable[[], None]]:
        return [
            self._kill,
            self._stop,
            self._refuse_commits,
            self._fail_commits,
            self._fail_reads,
        ]

    def repair(self) -> None:
        self._is_repaired = True
        self._disk.end_faults()
        self._disk.max_delay = min(self._disk.max_delay, 0.01)

    async def run(self) -> None:
        while not self._is_over:
            await self._serve()
            await asyncio.sleep(self._rng.random() * 0.5)
            if not self._is_repaired:
                self.damage()

    def end(self) -> None:
        self._is_over = True
        if self.is_quiet and self._server is not None:
            self._last_rooms = {
                room.name: StoredRoom(
                    *(room.name, room.number, room.sequence, room.topic, room.is_open)
                )
                for room in self._server.hub.state.rooms
                if not room.is_direct
            }
        self._end_server()

    def listener(self) -> SimulatedListener | None:
        return None if self._server is None else self._server.listener

    def kill(self, listener: SimulatedListener) -> None:
        if listener is self.listener():
            self._kill_now()

    def heads(self) -> dict[str, int]:
        if self._server is None:
            return {}
        rooms = self._server.hub.state.rooms
        return {room.name: room.sequence for room in rooms}

    def users(self) -> set[str]:
        if self._server is None:
            return set()
        return {session.name for session in self._server.hub.state.sessions}

    @property
    def is_quiet(self) -> bool:
        return self._server is not None and not self._server.hub.unsettled

    def problems(self) -> list[tuple[str, str]]:
        """Compare what the last server had in memory with what is stored."""
        stored = {room.name: room for room in self._disk.load().rooms}
        return [
            ("rooms are stored as they are", f"{room} is stored as {stored.get(name)}")
            for name, room in self._last_rooms.items()
            if stored.get(name) != room
        ]

    async def _serve(self) -> None:
        """Start a server, and wait for its end."""
        self._recorder = SimulatedRecorder(
            self._disk, self._loop, self._rng, self._faults
        )
        self._server = ServerProcess(
            self._loop,
            self.make_hub(),
            self._recorder,
            self._settings.recv_size,
            lambda: self._loop.note("a server listens"),
        )
        await self._server.wait()
        self._server = None

    def _kill(self) -> None:
        """Kill the server at once, or in the middle of its next commit."""
        if self._recorder is not None and self._rng.random() < 0.5:
            self._recorder.interrupt = self._kill_now
        else:
            self._kill_now()

    def _kill_now(self) -> None:
        self._faults["killed servers"] += 1
        self._loop.note("the server is killed")
        self._end_server()

    def _stop(self) -> None:
        if self._server is not None:
            self._faults["stopped servers"] += 1
            self._server.stop()

    def _refuse_commits(self) -> None:
        self._disk.refusal_rate = 0.5
        self._loop.call_later(2.0 * self._rng.random(), self._disk.end_faults)

    def _fail_commits(self) -> None:
        self._disk.failure_rate = 0.2
        self._loop.call_later(2.0 * self._rng.random(), self._disk.end_faults)

    def _fail_reads(self) -> None:
        self._disk.read_failure_rate = 0.2
        self._loop.call_later(2.0 * self._rng.random(), self._disk.end_faults)

    def _end_server(self) -> None:
        if self._recorder is not None:
            self._recorder.crash()
            self._recorder = None
        if self._server is not None:
            self._server.kill()
