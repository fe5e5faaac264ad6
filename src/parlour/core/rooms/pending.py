"""The queue of a room: drafts that wait for the journal, and the steps between them.

The order is preserved: a step that was added after a draft is applied once that draft
has been recorded or refused.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, TypeVar

from ..limits import MAX_BATCH_CHARACTERS, MAX_BATCH_DRAFTS
from ..storage import Draft
from .steps import Step

DRAFT_SIZE: Final = 100  # characters counted for a draft, besides its text

T = TypeVar("T")
"""The result for one draft: an outcome, or a refusal for its sender."""


class PendingQueue:
    """Drafts and steps in order. At most one batch of drafts is in flight.

    Each step is stored with the total number of drafts that were added before it.
    """

    def __init__(self) -> None:
        self._waiting: list[Draft] = []  # for the next batch
        self.in_flight: list[Draft] = []
        """The drafts that the journal is recording."""
        self._in_flight_size = 0
        self._completed = 0  # drafts that were recorded or refused, in total
        self._steps: deque[tuple[int, Step]] = deque()
        self.size = 0
        """Estimated characters of the drafts, waiting and in flight."""

    def __len__(self) -> int:
        """Return the number of drafts, waiting and in flight."""
        return len(self._waiting) + len(self.in_flight)

    @property
    def has_batch(self) -> bool:
        """Whether `next_batch` would return any drafts."""
        return bool(self._waiting) and not self.in_flight

    def add_drafts(self, drafts: list[Draft]) -> None:
        """Add drafts."""
        self._waiting += drafts
        self.size += _size(drafts)

    def add(self, step: Step) -> None:
        """Add a step."""
        self._steps.append((self._completed + len(self), step))

    def next_batch(self) -> list[Draft]:
        """Return the next drafts to record; none while a batch is in flight."""
        if self.in_flight:
            return []
        if len(self._waiting) <= MAX_BATCH_DRAFTS and self.size <= MAX_BATCH_CHARACTERS:
            self.in_flight, self._waiting = self._waiting, []
            self._in_flight_size = self.size
            return self.in_flight
        batch = self._waiting[:MAX_BATCH_DRAFTS]
        if self.size > MAX_BATCH_CHARACTERS:
            del batch[_count_within(batch) :]
        del self._waiting[: len(batch)]
        self.in_flight, self._in_flight_size = batch, _size(batch)
        return batch

    def complete(self, results: Sequence[T]) -> list[list[T] | Step]:
        """End the batch in flight, with one of the *results* for each draft.

        Returns the results, as one list for consecutive drafts, and the steps that
        became ready, in order.
        """
        if len(results) != len(self.in_flight):
            raise ValueError(f"{len(results)} results for {len(self.in_flight)} drafts")
        start, taken = self._completed, 0
        self._completed += len(self.in_flight)
        self.size -= self._in_flight_size
        self.in_flight, self._in_flight_size = [], 0
        ordered: list[list[T] | Step] = []
        while self._steps and self._steps[0][0] < self._completed:
            drafts_before, step = self._steps.popleft()
            if drafts_before - start > taken:
                ordered.append(list(results[taken : drafts_before - start]))
                taken = drafts_before - start
            ordered.append(step)
        ordered.append(list(results[taken:]))
        ordered += self.take_ready()
        return ordered

    def take_ready(self) -> list[Step]:
        """Return the steps that have no draft before them, each once."""
        steps: list[Step] = []
        while self._steps and self._steps[0][0] <= self._completed:
            steps.append(self._steps.popleft()[1])
        return steps


def _size(drafts: list[Draft]) -> int:
    return DRAFT_SIZE * len(drafts) + sum([len(draft.text) for draft in drafts])


def _count_within(drafts: list[Draft]) -> int:
    """Return how many of *drafts* fit in a batch by their size, at least one."""
    sizes = list(accumulate(DRAFT_SIZE + len(draft.text) for draft in drafts))
    return max(1, bisect_right(sizes, MAX_BATCH_CHARACTERS))
