"""Measures the age of messages, even if the wall clock is wrong.

Messages carry the wall time at which they were sent. A wall clock can be wrong: a board
without a battery starts in 1970, and NTP or a person corrects it later. Deletion is
final, so age is measured with two clocks:

- a monotonic clock, for messages that this process recorded (`Timeline`);
- the wall clock, for messages that earlier processes recorded, and only while
  `WallClock` trusts it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Final, Protocol

from .timestamps import MAX_TIME

MAX_DRIFT: Final = 60.0  # seconds of the wall clock against the monotonic one
MAX_START_GAP: Final = 86_400.0  # seconds from the newest message to a start
DISTRUST_PERIOD: Final = 21_600.0  # seconds without a jump until a clock is trusted
WARNING_INTERVAL: Final = 10.0  # seconds between two warnings about jumps
TIMELINE_STEPS: Final = 256  # marks in the span of a timeline


class Warn(Protocol):
    """Logs an event that needs the operator's attention."""

    def __call__(self, event: str, /, **facts: str | float) -> None: ...


def no_warnings(_event: str, /, **_facts: str | float) -> None:
    """Log nothing."""


class WallClock:
    """The wall clock, and whether it is trusted to delete messages.

    The clock is distrusted after a jump, whether in one step or in many. It is also
    distrusted at the start if it is behind the *newest* message, or ahead of it by more
    than `MAX_START_GAP` or *max_age*, whichever is less, because every message would
    expire immediately. It is trusted again after `DISTRUST_PERIOD` without a jump, or
    when it is set back to the time that was trusted before. If messages do not expire,
    a clock that is ahead at the start causes no warning: the room may just have been
    quiet.
    """

    def __init__(
        self,
        wall: Callable[[], float],
        steady: Callable[[], float],
        warn: Warn = no_warnings,
        newest: float | None = None,
        max_age: float = MAX_START_GAP,
    ) -> None:
        self._wall, self._steady, self._warn = wall, steady, warn
        started, now = steady(), wall()
        self._offset = now - started
        # When the offset was last updated, so that small steps add up.
        self._compared = started
        self._trusted_offset: float | None = self._offset
        self._distrusted: float | None = None  # since when, by the monotonic clock
        self._warned: float | None = None
        gap = min(MAX_START_GAP, max_age)
        if newest is not None and not -MAX_DRIFT <= now - newest <= gap:
            self._trusted_offset, self._distrusted = None, started
            if max_age < inf or now < newest:
                warn(
                    "clock.doubted",
                    newest_message=_format(newest),
                    clock=_format(now),
                    trusted_after=DISTRUST_PERIOD,
                )

    def read(self) -> float | None:
        """Return the wall time, or None while it is distrusted."""
        steady, now = self._steady(), self._wall()
        offset, before = now - steady, self._offset
        has_jumped = abs(offset - before) > MAX_DRIFT
        if has_jumped or steady - self._compared >= DISTRUST_PERIOD:
            self._offset, self._compared = offset, steady
        if has_jumped:
            trusted = self._trusted_offset
            is_back = trusted is not None and abs(offset - trusted) <= MAX_DRIFT
            self._distrusted = None if is_back else steady
            self._warn_of_jump(steady, before + steady, now)
        elif (
            self._distrusted is not None
            and steady - self._distrusted >= DISTRUST_PERIOD
        ):
            self._distrusted = None
        if self._distrusted is not None:
            return None
        self._trusted_offset = self._offset
        return now

    def _warn_of_jump(self, steady: float, expected: float, now: float) -> None:
        if self._warned is None or steady - self._warned >= WARNING_INTERVAL:
            self._warned = steady
            self._warn(
                "clock.jumped",
                expected=_format(expected),
                clock=_format(now),
                trusted_after=0.0 if self._distrusted is None else DISTRUST_PERIOD,
            )


class Timeline:
    """The times at which increasing numbers were assigned, for the last *span* seconds.

    Times are monotonic. The recorded time of a number is up to a `TIMELINE_STEPS`th of
    the span too late, and never too early. The numbers up to *number*, if there are
    any, were assigned by *time*.
    """

    __slots__ = ("_numbers", "_span", "_times")

    def __init__(self, span: float, number: int = 0, time: float = 0.0) -> None:
        self._span = span
        # One timeline per room: an array takes less memory than a list of tuples.
        self._times = array("d", [time] if number else [])
        self._numbers = array("q", [number] if number else [])

    def record(self, number: int, time: float) -> None:
        """Record that the numbers up to *number* were assigned by *time*."""
        times, numbers = self._times, self._numbers
        if numbers and numbers[-1] == number:
            return
        if len(times) > 1 and time - times[-2] < self._span / TIMELINE_STEPS:
            del times[-1], numbers[-1]
        times.append(time)
        numbers.append(number)

    def expired(self, time: float) -> int:
        """Return the last number older than *span* seconds at *time*, or 0."""
        times, limit = self._times, time - self._span
        passed = max(bisect_left(times, limit) - 1, 0)
        del times[:passed], self._numbers[:passed]
        return self._numbers[0] if times and times[0] < limit else 0

    def next_expiry(self, time: float) -> float:
        """Return when the next number expires, seen from *time*; infinity if none."""
        index = bisect_left(self._times, time - self._span)
        return self._times[index] + self._span if index < len(self._times) else inf


def _format(time: float) -> str:
    moment = datetime.fromtimestamp(min(max(time, 0.0), MAX_TIME), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
