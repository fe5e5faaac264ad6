"""A rate limit for log records that a peer can cause at will.

A record is limited if it is logged with ``extra={"is_limited": True}``, as
`event_log.log_limited` does. Records of one kind have the same event, code and
exception type; an attribute ``limit_key`` of a record replaces its code. The first
record of a kind is written at once. Later ones within `WINDOW` are counted, and the
newest of them is written at the end of the window, with their number as ``repeated``.
Each kind is limited separately, and the newest record of a flood is always written.

A record with an attribute ``network``, such as that of a user who joined, is limited
like this only after that network has caused `EACH_RATE` lines with the same event: in
the normal case, all of them are written. A record that is limited by itself, too, such
as that of a session that renames itself, counts for its network only if it is written:
nobody uses up the lines of their neighbours with one session.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from parlour.core.rate_limit import KeyedRates, Rate

WINDOW: Final = 10.0  # seconds
SWEEP_SIZE: Final = 1024  # kinds that are stored before expired ones are removed

EACH_RATE: Final = Rate(0.5, 128.0)  # records a second, and at once, of one network
MAX_NETWORKS: Final = (
    16_384  # and events, in memory; the one that was first is forgotten
)

Kind = tuple[str, object, object]


@dataclass(slots=True)
class _Window:
    """The period after a record of one kind, and the later records of that kind."""

    end: float
    repeated: int = 0
    newest: logging.LogRecord | None = None

    def add(self, record: logging.LogRecord, count: int = 1) -> None:
        """Count *record*, which represents *count* of them."""
        self.repeated += count
        if self.newest is None or self.newest.created <= record.created:
            self.newest = record


class LogLimit(logging.Filter):
    """A filter that passes the first record of a kind, and writes the newest later.

    It calls *write* in the thread of a timer. Any thread may log.
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
        self._rates: KeyedRates[Kind] = KeyedRates(EACH_RATE, MAX_NETWORKS)
        self._sweep_at = SWEEP_SIZE  # kinds
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        """Return the number of stored kinds."""
        return len(self._windows)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write *record* now."""
        is_limited = getattr(record, "is_limited", False)
        of_network = _network_kind(record)
        if not is_limited and of_network is None:
            return True
        kind, now = _kind(record), self._clock()
        with self._lock:
            is_counted = is_limited and self._is_open(kind, now)
            if of_network is not None and not is_counted:
                if not self._rates.allows(of_network, now):
                    kind = of_network
                elif not is_limited:
                    return True
            if self._is_open(kind, now):
                self._windows[kind].add(record)
                self._start_timer()
                return False
            window = self._windows.get(kind)
            repeated = window.repeated if window is not None else 0
            self._remove_expired(now)
            self._windows[kind] = _Window(now + WINDOW)
        _set_repeated(record, repeated + 1 if repeated else 0)
        return True

    def flush(self, *, all_: bool = False) -> None:
        """Write the waiting records whose windows have ended, or all of them."""
        now, due = self._clock(), list[_Window]()
        with self._lock:
            for kind in [k for k, w in self._windows.items() if all_ or w.end <= now]:
                window = self._windows.pop(kind)
                if all_ or self._may_write(kind, window, now):
                    due.append(window)
                    if window.repeated and not all_:
                        self._windows[kind] = _Window(now + WINDOW)
        for window in due:
            if window.newest is not None:
                _set_repeated(window.newest, window.repeated)
                self._write(window.newest)

    def close(self) -> None:
        """Write all waiting records, and stop the timer."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        self.flush(all_=True)

    def _is_open(self, kind: Kind, now: float) -> bool:
        window = self._windows.get(kind)
        return window is not None and window.end > now

    def _may_write(self, kind: Kind, window: _Window, now: float) -> bool:
        """Return whether the network of the newest record may cause another line.

        If not, its records wait with the others of that network.
        """
        newest = window.newest
        network = _network_kind(newest) if newest is not None else None
        if newest is None or network is None or network == kind:
            return True
        if self._rates.allows(network, now):
            return True
        joined = self._windows.setdefault(network, _Window(now + WINDOW))
        joined.add(newest, window.repeated)
        return False

    def _remove_expired(self, now: float) -> None:
        """Remove kinds that occurred once, such as those of single sessions."""
        if len(self._windows) >= self._sweep_at:
            self._windows = {
                kind: window
                for kind, window in self._windows.items()
                if window.repeated or window.end > now
            }
            self._sweep_at = max(SWEEP_SIZE, 2 * len(self._windows))

    def _start_timer(self) -> None:
        """Flush when the first window ends. The caller holds the lock."""
        if self._timer is not None:
            return
        ends = [each.end for each in self._windows.values() if each.repeated]
        timer = threading.Timer(max(min(ends) - self._clock(), 0.0), self._timed_out)
        timer.name, timer.daemon = "log-limit", True
        with suppress(RuntimeError):  # no more threads: `filter` writes it later
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
    return record.getMessage(), getattr(record, "limit_key", facts.get("code")), error


def _network_kind(record: logging.LogRecord) -> Kind | None:
    """Return the kind of all records with the event and network of *record*, if any."""
    network: str | None = getattr(record, "network", None)
    return None if network is None else (record.getMessage(), network, None)


def _set_repeated(record: logging.LogRecord, repeated: int) -> None:
    """Exempt *record* from the limit; it represents *repeated* records if not 0."""
    record.is_limited, record.network = False, None
    if repeated:
        record.facts = {**getattr(record, "facts", {}), "repeated": repeated}
