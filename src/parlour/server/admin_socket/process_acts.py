"""What the operator asks of the running process, and not of its history."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from parlour.core.events import Refused
from parlour.core.gauges import read_gauges
from parlour.core.online_lists import online_users, open_rooms
from parlour.core.protocol.admin_answers import Answer, Done
from parlour.core.protocol.process_answers import Draining, Reloaded, Stats
from parlour.core.protocol.process_requests import (
    DrainServer,
    ListOnline,
    ListOpenRooms,
    MakeBackup,
    ProcessRequest,
    Reload,
    SetLogLevel,
    ShowStats,
)
from parlour.journal.sqlite.files import FileError

from .. import event_log
from ..reloading import InvalidConfigurationError
from ..status_report import stats

if TYPE_CHECKING:
    from ..reloading import ReloadedConfig
    from ..runtime import Runtime

CLOSE_TIMEOUT: Final = 2.0  # seconds for a backup to notice that the server stops

NO_FILE: Final = Refused("no_file", "the history is in memory: there is no file")
BUSY: Final = Refused("busy", "another backup is running: wait until it ends")
NO_SETTINGS: Final = Refused("no_settings", "there is nothing to read again")

Answered = Callable[[Answer], None]


class ProcessActs:
    """Requests about the process of *runtime*, whose history is in a *file*.

    Threads of the admin socket call its methods.
    """

    def __init__(self, runtime: "Runtime", file: Path | None) -> None:
        self._runtime, self._file = runtime, file
        self._copying = threading.Lock()  # held by the one backup that runs
        self._stopping = threading.Event()

    def begin(self, request: ProcessRequest, answered: Answered) -> None:
        """Carry out *request*; *answered* is called now, or later by another thread."""
        runtime = self._runtime
        hub, run = runtime.hub, runtime.run_with_hub
        match request:
            case Reload():
                runtime.reload_soon(
                    lambda found: answered(_reloaded(found))  # in the driver's thread
                )
            case MakeBackup(file):
                answered(self._back_up(Path(file)))
            case SetLogLevel(level):
                event_log.set_level(level)
                answered(Done())
            case DrainServer():
                answered(Draining(runtime.drain.timeout))  # then see `drain`
            case ListOnline(after):
                run(lambda: answered(_online(runtime, after)))
            case ListOpenRooms(after):
                run(lambda: answered(open_rooms(hub.state, after)))
            case ShowStats():
                run(lambda: answered(_stats(runtime)))
            case _:
                assert_never(request)

    def drain(self) -> None:
        """Shut the server down."""
        self._runtime.stop()

    def close(self) -> None:
        """End a backup that is running, and refuse further ones."""
        self._stopping.set()
        self._copying.acquire(timeout=CLOSE_TIMEOUT)

    def _back_up(self, target: Path) -> Answer:
        if self._file is None:
            return NO_FILE
        if not self._copying.acquire(blocking=False):
            return BUSY
        try:
            from parlour.journal.tools.backup import backup  # noqa: PLC0415 -- SQLite

            backup(self._file, target, self._check, is_new=True)
        except FileError as exc:
            return Refused("backup_failed", str(exc))
        finally:
            self._copying.release()
        return Done()

    def _check(self, _done: int, _total: int) -> None:
        if self._stopping.is_set():
            raise FileError("the server is shutting down: back up again when it runs")


def _online(runtime: "Runtime", after: int) -> Answer:
    hub = runtime.hub
    return online_users(hub.state, hub.connections, after, runtime.clock())


def _stats(runtime: "Runtime") -> Answer:
    now = runtime.clock()
    return Stats(stats(read_gauges(runtime.hub, now), now - runtime.started))


def _reloaded(found: "ReloadedConfig | InvalidConfigurationError | None") -> Answer:
    if found is None:
        return NO_SETTINGS
    if isinstance(found, InvalidConfigurationError):
        return Reloaded(problems=tuple(found.problems))
    return Reloaded(found.changed, found.pending)
