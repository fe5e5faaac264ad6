"""What the operator asks of the running process, and not of its history."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parlour.core.events import Refused
from parlour.core.online_lists import open_rooms
from parlour.core.protocol.admin_answers import Answer, Done
from parlour.core.protocol.process_answers import Reloaded, Stats
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
        match request:
            case Reload():
                self._runtime.reload_soon(
                    lambda found: answered(_reloaded(found))  # in the driver's thread
                )
            case MakeBackup(file):
                answered(self._back_up(Path(file)))
            case SetLogLevel(level):
                event_log.set_level(level)
                answered(Done(level))
            case DrainServer():
                answered(Done(f"{self._runtime.drain.timeout:g}"))  # then see `drain`
            case _:
                self._runtime.run_with_hub(lambda: answered(self._facts(request)))

    def drain(self) -> None:
        """Shut the server down."""
        self._runtime.stop()

    def close(self) -> None:
        """End a backup that is running, and refuse further ones."""
        self._stopping.set()
        self._copying.acquire(timeout=CLOSE_TIMEOUT)

    def _facts(self, request: ProcessRequest) -> Answer:
        """Return an answer from the state of the hub."""
        runtime = self._runtime
        hub, now = runtime.hub, runtime.clock()
        match request:
            case ListOnline(after):
                return hub.online_users(after, now)
            case ListOpenRooms(after):
                return open_rooms(hub.state, after)
            case ShowStats():
                return Stats(stats(hub, now - runtime.started))
            case _:
                raise AssertionError(f"{request} is not a question")

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
        return Done(f"{target}")

    def _check(self, _done: int, _total: int) -> None:
        if self._stopping.is_set():
            raise FileError("the server is shutting down: back up again when it runs")


def _reloaded(found: "ReloadedConfig | InvalidConfigurationError | None") -> Answer:
    if found is None:
        return NO_SETTINGS
    if isinstance(found, InvalidConfigurationError):
        return Reloaded(problems=tuple(found.problems))
    return Reloaded(found.changed, found.pending)
