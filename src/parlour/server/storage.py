"""The history that a server was told to keep, opened."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from parlour.core.events import LOBBY
from parlour.core.storage import HistoryExtent, StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from parlour.journal.sqlite.files import FileError
from parlour.journal.sqlite.ownership import make_directory

from .config import Config
from .event_log import log

if TYPE_CHECKING:
    from parlour.journal.sqlite.excess import Excess

IN_MEMORY: Final = 2048  # messages kept per room, unless told otherwise
CLOSE_WAIT: Final = 10.0  # seconds that the history has to write what it was given


class Storage(NamedTuple):
    """A history behind its recorder, and what to say of it."""

    recorder: Recorder
    extent: HistoryExtent
    """What is kept of the lobby."""
    description: str


Approve = Callable[[int, int], bool]
"""Decides whether the first of so many messages may be deleted, of so many in all."""


def approve_all(_messages: int, _kept: int) -> bool:
    """Let everything be deleted that a limit does not allow."""
    return True


def open_storage(config: Config, approve: Approve = approve_all) -> Storage:
    """Open what *config* asks for. Raises `files.FileError`.

    *approve* is asked before a smaller limit than before deletes messages.
    """
    if config.history is None:
        keep = replace(Retention(max_messages=IN_MEMORY), **dict(config.max_history))
        memory = MemoryStore(keep, clock=time.time, steady=steady, warn=_warn)
        described = f"the last {keep.max_messages:,} messages, in memory"
        return Storage(InlineRecorder(memory), memory.extent(LOBBY), described)
    keep = Retention(**dict(config.max_history))
    return _open_file(config.history, keep, approve)


def _open_file(path: Path, keep: Retention, approve: Approve) -> Storage:
    from parlour.journal.sqlite.file_errors import load_error  # noqa: PLC0415 -- only if asked
    from parlour.journal.sqlite.store import SQLiteStore  # noqa: PLC0415

    try:
        path = path.absolute()  # which fails where the working directory is gone
        make_directory(path.parent)
    except OSError as exc:
        raise FileError(f"{path.parent}: {exc.strerror}") from exc
    history = SQLiteStore(path, keep, clock=time.time, steady=steady, warn=_warn)
    try:
        _require_approval(path, history.excess(), approve)
        extent = history.extent(LOBBY)
    except FileError:
        history.close()
        raise
    except StorageError as exc:
        history.close()
        raise load_error(path, exc) from exc
    described = f"{_count(extent)} in {_short(path)}"
    return Storage(ThreadedRecorder(history), extent, described)


def _require_approval(path: Path, excess: "Excess", approve: Approve) -> None:
    messages, kept = excess
    if not messages:
        return
    if not approve(messages, kept):
        raise FileError(
            f"{path} is unchanged, and the server does not start: say a larger "
            "--max-history, or make a backup and say --yes"
        )
    _warn("history.shortened", messages=messages, kept=kept - messages)


def steady() -> float:
    """Return seconds on a clock that never jumps, and that counts suspension."""
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(boot)


def _warn(event: str, /, **facts: str | float) -> None:
    log(logging.WARNING, event, None, **facts)


def _count(extent: HistoryExtent) -> str:
    count = extent.head - extent.first + 1
    return "1 message" if count == 1 else f"{count:,} messages"


def _short(path: Path) -> str:
    """Return *path* as a person at home would write it."""
    home = os.path.expanduser("~")  # noqa: PTH111 -- which does not raise
    is_below = home != "/" and path.is_relative_to(home)
    return f"~/{path.relative_to(home)}" if is_below else str(path)
