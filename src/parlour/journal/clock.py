"""How old a message is, although the machine's clock may be wrong.

Messages carry the wall time at which they were said. A wall clock can be wrong: a board
without a battery starts in 1970, and NTP or a person sets it right later. Deletion is
for good, so age is measured with two clocks:

- what this process recorded, by a steady clock that never jumps (`Timeline`);
- what earlier processes recorded, by its wall time, and only while `WallClock` has no
  reason to doubt the wall clock of now.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Final, Protocol

from parlour.history.pages import MAX_TIME

JUMP: Final = 60.0  # seconds that the wall clock may differ from the steady one
GAP: Final = 86_400.0  # seconds between the newest message and a start
TRIAL: Final = 21_600.0  # seconds that a doubted clock must run without a jump
WARN_EVERY: Final = 10.0  # seconds between two warnings about jumps
MARKS: Final = 256  # that a timeline keeps of its span


class Warn(Protocol):
    """Tells the operator about an event that needs attention."""

    def __call__(self, event: str, /, **facts: str | float) -> None: ...


def ignore(_event: str, /, **_facts: str | float) -> None:
    """Tell nobody."""


class WallClock:
    """The wall clock, and whether messages may be deleted by it.

    It is doubted after a jump, in one step or in many, and at the start if it is
    behind the *newest* message, or more than `GAP` ahead of it, or *max_age* if that
    is less: then all messages would be too old at once. A doubted clock is trusted
    again when it has run for `TRIAL` without a jump, or when it is set back to where
    it was trusted. If no message can be too old, being ahead at the start is nothing
    to warn of: nobody spoke.
    """

    def __init__(
        self,
        wall: Callable[[], float],
        steady: Callable[[], float],
        warn: Warn = ignore,
        newest: float | None = None,
        max_age: float = GAP,
    ) -> None:
        self._wall, self._steady, self._warn = wall, steady, warn
        began, now = steady(), wall()
        self._offset, self._compared = now - began, began  # many steps are a jump, too
        self._trusted: float | None = self._offset
        self._doubted: float | None = None
        self._warned: float | None = None
        if newest is not None and not -JUMP <= now - newest <= min(GAP, max_age):
            self._trusted, self._doubted = None, began
            if max_age < inf or now < newest:
                warn(
                    "clock.doubted",
                    newest_message=_spelled(newest),
                    clock=_spelled(now),
                    trusted_after=TRIAL,
                )

    def look(self) -> float | None:
        """Return the wall time, or None while it is doubted."""
        began, now = self._steady(), self._wall()
        offset, before = now - began, self._offset
        has_jumped = abs(offset - before) > JUMP
        if has_jumped or began - self._compared >= TRIAL:
            self._offset, self._compared = offset, began
        if has_jumped:
            is_back = self._trusted is not None and abs(offset - self._trusted) <= JUMP
            self._doubted = None if is_back else began
            self._tell(began, before + began, now)
        elif self._doubted is not None and began - self._doubted >= TRIAL:
            self._doubted = None
        if self._doubted is not None:
            return None
        self._trusted = self._offset
        return now

    def _tell(self, began: float, expected: float, now: float) -> None:
        if self._warned is None or began - self._warned >= WARN_EVERY:
            self._warned = began
            self._warn(
                "clock.jumped",
                expected=_spelled(expected),
                clock=_spelled(now),
                trusted_after=0.0 if self._doubted is None else TRIAL,
            )


class Timeline:
    """When increasing numbers were given, as far back as *span* seconds.

    Times are steady. A number counts as given up to a `MARKS`th of the span too late,
    and never too early.
    """

    def __init__(self, span: float) -> None:
        self._span = span
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, number: int, time: float) -> None:
        """Record that the numbers up to *number* had been given at *time*."""
        marks = self._marks
        if len(marks) > 1 and time - marks[-2][0] < self._span / MARKS:
            marks.pop()
        marks.append((time, number))

    def expired(self, time: float) -> int:
        """Return the last number given more than *span* seconds before *time*, or 0."""
        marks, limit = self._marks, time - self._span
        while len(marks) > 1 and marks[1][0] < limit:
            marks.popleft()
        return marks[0][1] if marks and marks[0][0] < limit else 0


def _spelled(time: float) -> str:
    moment = datetime.fromtimestamp(min(max(time, 0.0), MAX_TIME), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
