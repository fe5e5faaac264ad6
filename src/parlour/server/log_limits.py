"""A rate limit for log lines that a peer can cause at will.

A record is limited if it was logged with ``extra={"is_limited": True}``, as
`logs.log_limited` does. Records of one kind have the same event, code and exception
type; a record that has an attribute ``of`` has that in place of a code. The first of
a kind is written at once. Later ones within `WINDOW` are counted, and the newest of
them is written at the end of the window, with their number as ``repeated``. No kind
can silence another, and no flood hides its newest record.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 10.0  # seconds
SWEEP: Final = 1024  # kinds that are remembered before those that have ended go

Kind = tuple[str, object, object]


@dataclass(slots=True)
class _Window:
    """The time after a record of one kind, and what was not written in it."""

    end: float
    repeated: int = 0
    newest: logging.LogRecord | None = None


class LogLimit(logging.Filter):
    """Lets the first record of a kind pass, and gives *write* the others' newest.

    *write* is called from a timer's thread. Any thread may log.
    """

    def __init__(
        self,
        write: Callable[[logging.LogRecord], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._write, self._clock = write, clock
        self._lock = threading.Lock()  # guards the rest
        self._windows: dict[Kind, _Window] = {}
        self._sweep_at = SWEEP  # kinds
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        """Return how many kinds are remembered."""
        return len(self._windows)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether *record* is to be written now."""
        if not getattr(record, "is_limited", False):
            return True
        kind, now = _kind(record), self._clock()
        with self._lock:
            window = self._windows.get(kind)
            if window is None or window.end <= now:
                held = window.repeated if window is not None else 0
                self._forget_ended(now)
                self._windows[kind] = _Window(now + WINDOW)
                _count(record, held + 1 if held else 0)
                return True
            window.repeated += 1
            window.newest = record
            self._start_timer()
        return False

    def flush(self, *, all_: bool = False) -> None:
        """Write what was held back in the windows that have ended, or in all."""
        now = self._clock()
        with self._lock:
            ended = [k for k, w in self._windows.items() if all_ or w.end <= now]
            windows = [self._windows.pop(kind) for kind in ended]
            for kind, window in zip(ended, windows, strict=True):
                if window.repeated and not all_:
                    self._windows[kind] = _Window(now + WINDOW)
        for window in windows:
            if window.newest is not None:
                _count(window.newest, window.repeated)
                self._write(window.newest)

    def close(self) -> None:
        """Write all that was held back."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        self.flush(all_=True)

    def _forget_ended(self, now: float) -> None:
        """Forget kinds that came once, such as those of one session, in time."""
        if len(self._windows) >= self._sweep_at:
            self._windows = {
                kind: window
                for kind, window in self._windows.items()
                if window.repeated or window.end > now
            }
            self._sweep_at = max(SWEEP, 2 * len(self._windows))

    def _start_timer(self) -> None:
        """Flush when the first window ends. Called with the lock held."""
        if self._timer is not None:
            return
        ends = [each.end for each in self._windows.values() if each.repeated]
        timer = threading.Timer(max(min(ends) - self._clock(), 0.0), self._timed_out)
        timer.name, timer.daemon = "log-limit", True
        with suppress(RuntimeError):  # the system has no more threads: see `filter`
            timer.start()
            self._timer = timer

    def _timed_out(self) -> None:
        with self._lock:
            self._timer = None
        self.flush()
        with self._lock:
            if any(each.repeated for each in self._windows.values()):
                self._start_timer()


def _kind(record: logging.LogRecord) -> Kind:
    facts: dict[str, object] = getattr(record, "facts", {})
    error = record.exc_info[0] if record.exc_info is not None else None
    return record.getMessage(), getattr(record, "of", facts.get("code")), error


def _count(record: logging.LogRecord, repeated: int) -> None:
    """Make *record* an unlimited one that stands for *repeated*, itself included."""
    record.is_limited = False
    if repeated:
        record.facts = {**getattr(record, "facts", {}), "repeated": repeated}
