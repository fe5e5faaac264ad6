"""Whose answers are waited for at the end, and how long.

A plain server acknowledges nothing, but most send a line back to the one who said
it. None tells us our name. So a line of ours counts as acknowledged when its text
comes back from anybody. If somebody else says the same words at the same time, our
wait is shorter than it might be, and that is all. The order does not matter either:
where one echo got lost, the others still count. On a server that never sends a line
back, nothing is ever acknowledged, and that is what the exit code says.
"""

from collections import Counter
from math import inf
from typing import Final

PATIENCE: Final = 5.0  # seconds without progress after which we give up
QUIET: Final = 0.5  # seconds of silence after which nothing more is expected
PARTING: Final = 1.0  # seconds that a person who leaves waits, whatever happens
LATE: Final = 1.0  # seconds; who comes that late to a deadline was stopped itself

MAX_EXPECTED: Final = 65_536  # lines; those beyond are not waited for one by one


class Acknowledgements:
    """Our own lines that have not come back yet, by the hash of their text."""

    def __init__(self) -> None:
        self.missing = 0
        self._expected: Counter[int] = Counter()

    def expect(self, text: str) -> None:
        """Wait for *text*, if there is room to remember it."""
        if self.missing < MAX_EXPECTED:
            self.missing += 1
            self._expected[hash(text)] += 1

    def heard(self, text: str) -> bool:
        """Tell whether *text* is the echo of a line of ours, and forget that line."""
        key = hash(text)
        left = self._expected.get(key)
        if left is None or not self.missing:
            return False
        if left == 1:
            del self._expected[key]
        else:
            self._expected[key] = left - 1
        self.missing -= 1
        return True

    def settled(self) -> bool:
        """Forget one of the lines, whichever; False if there is none."""
        if not self.missing:
            return False
        self.missing -= 1
        return True

    def forget(self) -> int:
        """Wait for none any more, and return how many were missing."""
        missing, self.missing = self.missing, 0
        self._expected.clear()
        return missing


class Patience:
    """When to stop waiting, from the last progress and the last thing heard.

    It is never for more than *most* seconds in all.
    """

    def __init__(self, most: float = inf) -> None:
        self._most = most
        self._began = self._progress = self._heard = 0.0

    def begin(self, now: float) -> None:
        """Wait anew from *now* on."""
        self._began = self._progress = self._heard = now

    def progressed(self, now: float) -> None:
        """Note that a line of ours went out or came back."""
        self._progress = now

    def heard(self, now: float) -> None:
        """Note that the server sent something, whatever it was."""
        self._heard = now

    def deadline(self, *, pending: bool) -> float:
        """Return when to give up; with nothing *pending*, silence is enough."""
        last = min(self._progress + PATIENCE, self._began + self._most)
        return last if pending else min(last, max(self._heard, self._progress) + QUIET)
