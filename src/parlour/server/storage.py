"""Opening the journal and the history that a configuration describes."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from parlour.core.storage import StorageError, StoredState
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from parlour.journal.sqlite.file_owner import make_directory
from parlour.journal.sqlite.files import FileError

from .config import Config
from .event_log import log

if TYPE_CHECKING:
    from parlour.journal.sqlite.excess import Excess

MAX_MESSAGES_IN_MEMORY: Final = 2048  # messages stored per room by default


class Storage(NamedTuple):
    """An open journal and history."""

    recorder: Recorder
    state: StoredState
    """The rooms and keys that were stored before."""
    description: str
    """The number of stored messages and where they are stored, for the banner."""


Approve = Callable[[int, int], bool]
"""Returns whether to delete the oldest messages. Arguments: their number, the total."""


def approve_all(_excess: int, _total: int) -> bool:
    """Approve every deletion."""
    return True


def open_storage(config: Config, approve: Approve = approve_all) -> Storage:
    """Open the storage that *config* describes. Raises `files.FileError`.

    *approve* is called before messages are deleted because a limit is smaller now.
    """
    if config.history is None:
        retention = replace(
            Retention(max_messages=MAX_MESSAGES_IN_MEMORY), **dict(config.max_history)
        )
        memory = MemoryStore(retention, clock=time.time, steady=steady, warn=_warn)
        described = f"the last {retention.max_messages:,} messages, in memory"
        return Storage(InlineRecorder(memory), memory.load(), described)
    retention = Retention(**dict(config.max_history))
    return _open_file(config.history, retention, approve)


def _open_file(path: Path, retention: Retention, approve: Approve) -> Storage:
    from parlour.journal.sqlite.file_errors import load_error  # noqa: PLC0415 -- for files only
    from parlour.journal.sqlite.store import SQLiteStore  # noqa: PLC0415

    try:
        path = path.absolute()  # fails if the working directory was deleted
        make_directory(path.parent)
    except OSError as exc:
        raise FileError(f"{path.parent}: {exc.strerror}") from exc
    store = SQLiteStore(path, retention, clock=time.time, steady=steady, warn=_warn)
    try:
        excess = store.excess()
        _require_approval(path, excess, approve)
        state = store.load()
    except FileError:
        store.close()
        raise
    except StorageError as exc:
        store.close()
        raise load_error(path, exc) from exc
    described = f"{_count(excess.stored, state)} in {_short(path)}"
    return Storage(ThreadedRecorder(store), state, described)


def _require_approval(path: Path, excess: "Excess", approve: Approve) -> None:
    """Raise FileError unless *approve* permits the deletion of *excess* messages."""
    messages, kept = excess
    if not messages:
        return
    if not approve(messages, kept):
        raise FileError(
            f"{path} is unchanged, and the server does not start: set a larger "
            "--max-history, or make a backup and add --yes"
        )
    _warn("history.shortened", messages=messages, kept=kept - messages)


def steady() -> float:
    """Return the time in seconds of a monotonic clock that runs during suspension."""
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(boot)


def _warn(event: str, /, **facts: str | float) -> None:
    log(logging.WARNING, event, None, **facts)


def _count(messages: int, state: StoredState) -> str:
    rooms = sum(room.sequence > 0 for room in state.rooms)
    text = "1 message" if messages == 1 else f"{messages:,} messages"
    return f"{text} of {rooms:,} rooms" if rooms > 1 else text


def _short(path: Path) -> str:
    """Return *path*, with ``~`` for the home directory."""
    home = os.path.expanduser("~")  # noqa: PTH111 -- which does not raise
    is_below = home != "/" and path.is_relative_to(home)
    return f"~/{path.relative_to(home)}" if is_below else str(path)
