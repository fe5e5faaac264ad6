"""Counts the messages of a room whose sequences have holes.

A hole is a run of sequences that no message has, because the numbering skipped them.
Consecutive numbering leaves none. Stores count messages with this module, never by the
difference of two sequences. A sequence that has no message and is in no hole belongs to
a message that was deleted: with all before it if it expired, otherwise by damage.
"""

from bisect import bisect_right
from typing import Final, NamedTuple

MAX_OLD_HOLES: Final = 10_000  # stored in a room whose messages after them expired


class Hole(NamedTuple):
    """The *size* unused sequences just before the message *sequence*.

    *total* is the number of unused sequences in the room up to that message.
    """

    sequence: int
    size: int
    total: int

    @property
    def before(self) -> int:
        """The sequence of the last message before the hole; 0 if there is none."""
        return self.sequence - self.size - 1


def messages_until(sequence: int, next_hole: Hole | None, total: int) -> int:
    """Return how many messages a room had up to *sequence*, stored or expired.

    *next_hole* is the first hole before a message after *sequence*. Without one,
    *total* is that of the last hole; *sequence* is not after the room's last message.
    """
    if next_hole is None:
        return max(sequence - total, 0)
    last = min(sequence, next_hole.before)
    return max(last - next_hole.total + next_hole.size, 0)


class Holes:
    """The holes of one room in memory.

    Old ones are forgotten when there are more than `MAX_OLD_HOLES`. Their sequences
    then count as those of expired messages.
    """

    __slots__ = ("_holes",)

    def __init__(self) -> None:
        self._holes: list[Hole] = []

    def add(self, sequence: int, size: int) -> None:
        """Add the hole of *size* before the new message *sequence*."""
        self._holes.append(Hole(sequence, size, self._total + size))

    def messages_until(self, sequence: int) -> int:
        """Return how many messages the room had up to *sequence*."""
        following = self._index_after(sequence)
        next_hole = self._holes[following] if following < len(self._holes) else None
        return messages_until(sequence, next_hole, self._total)

    def forget(self, floor: int) -> None:
        """Forget old holes, after the messages up to *floor* expired."""
        if len(self._holes) <= 2 * MAX_OLD_HOLES:
            return
        old = self._index_after(floor)
        if old > 2 * MAX_OLD_HOLES:
            del self._holes[: old - MAX_OLD_HOLES]

    def _index_after(self, sequence: int) -> int:
        return bisect_right(self._holes, sequence, key=lambda hole: hole.sequence)

    @property
    def _total(self) -> int:
        return self._holes[-1].total if self._holes else 0
