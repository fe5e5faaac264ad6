"""The positions, among the events of a room, of those that have a sequence.

These are messages and erasures. Here, both are called messages.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ..events import SequencedEvent


class _Run:
    """Messages with consecutive positions and consecutive sequences."""

    __slots__ = ("before", "end", "first", "start")

    def __init__(self, start: int, end: int, first: int, before: int) -> None:
        self.start = start  # the position of the first
        self.end = end  # the position after the last
        self.first = first  # the sequence of the first
        self.before = before  # messages before it in the room, since the server started


class MessagePositions:
    """The messages among the recent events of a room.

    In a room without notices and without holes in its sequences they are one run, so
    adding messages to it costs the same whatever their number.
    """

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._count = 0  # messages that were added, in total
        self.discarded = 0
        """Messages that were discarded, in total."""

    def extend(self, position: int, messages: Sequence[SequencedEvent]) -> None:
        """Add messages, at least one, whose first event has *position*."""
        first, number = messages[0].sequence, len(messages)
        if messages[-1].sequence == first + number - 1:  # no hole between them
            self._add(position, first, number)
            return
        for offset, message in enumerate(messages):
            self._add(position + offset, message.sequence, 1)

    def _add(self, position: int, first: int, number: int) -> None:
        last = self._runs[-1] if self._runs else None
        if (
            last is not None
            and last.end == position
            and last.first + last.end - last.start == first
        ):
            last.end = position + number
        else:
            run = _Run(position, position + number, first, self._count)
            self._runs.append(run)
        self._count += number

    def sequence_before(self, position: int) -> int | None:
        """Return the sequence of the last message before *position*, if it is known."""
        index = bisect_left(self._runs, position, key=_start_of) - 1
        if index < 0:
            return None
        run = self._runs[index]
        return run.first + min(run.end, position) - run.start - 1

    def count_before(self, position: int) -> int:
        """Return the number of messages before *position* since the server started.

        Positions of discarded events are like the first that was not discarded.
        """
        index = bisect_left(self._runs, position, key=_start_of) - 1
        if index < 0:
            return self.discarded
        run = self._runs[index]
        return run.before + min(run.end, position) - run.start

    def position_after(self, sequence: int) -> int | None:
        """Return the position after the last message up to *sequence*, if any."""
        index = bisect_right(self._runs, sequence, key=_first_of) - 1
        if index < 0:
            return None
        run = self._runs[index]
        return min(run.start + sequence - run.first + 1, run.end)

    def discard_before(self, position: int) -> None:
        """Discard the messages before *position*."""
        self.discarded = self.count_before(position)
        runs = self._runs
        del runs[: bisect_right(runs, position, key=_end_of)]
        if runs and (over := position - runs[0].start) > 0:
            first = runs[0]
            first.start, first.first = position, first.first + over
            first.before += over


def _start_of(run: _Run) -> int:
    return run.start


def _end_of(run: _Run) -> int:
    return run.end


def _first_of(run: _Run) -> int:
    return run.first
