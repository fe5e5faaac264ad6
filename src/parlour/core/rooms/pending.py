"""What has happened in a room and has not been told yet, in the order of happening.

Drafts wait here until the history has recorded them, and nothing passes them: a
step that came after a draft is taken after it.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

from ..limits import MAX_BATCH, MAX_BATCH_SIZE
from ..storage import Draft
from .steps import Step

DRAFT_SIZE = 100  # what a draft counts besides the characters of its text

T = TypeVar("T")
"""What becomes of a draft: an outcome, or a refusal for its sender."""


class PendingQueue:
    """Drafts, and the steps between them. At most one batch of drafts is out.

    A step knows how many drafts were said before it, and is taken after them.
    """

    def __init__(self) -> None:
        self._waiting: list[Draft] = []  # not out yet
        self.in_flight: list[Draft] = []
        """The drafts that are with the history."""
        self._out_size = 0
        self._settled = 0  # drafts that were recorded or refused, in total
        self._steps: deque[tuple[int, Step]] = deque()

        self.size = 0
        """Characters of the drafts that are neither recorded nor refused, about."""

    def __len__(self) -> int:
        """Return how many drafts are neither recorded nor refused."""
        return len(self._waiting) + len(self.in_flight)

    @property
    def has_batch(self) -> bool:
        """Whether the history could be given a batch."""
        return bool(self._waiting) and not self.in_flight

    def add_drafts(self, drafts: list[Draft]) -> None:
        """Add drafts."""
        self._waiting += drafts
        self.size += _size(drafts)

    def add(self, step: Step) -> None:
        """Add a step."""
        self._steps.append((self._settled + len(self), step))

    def next_batch(self) -> list[Draft]:
        """Return the next batch for the history; empty while one is out."""
        if self.in_flight:
            return []
        if len(self._waiting) <= MAX_BATCH and self.size <= MAX_BATCH_SIZE:
            self.in_flight, self._out_size, self._waiting = self._waiting, self.size, []
            return self.in_flight
        batch = self._waiting[:MAX_BATCH]
        if self.size > MAX_BATCH_SIZE:
            del batch[_fitting(batch) :]
        del self._waiting[: len(batch)]
        self.in_flight, self._out_size = batch, _size(batch)
        return batch

    def settle(self, outcomes: Sequence[T]) -> list[list[T] | Step]:
        """Return what may be told now that the drafts that were out are *outcomes*.

        These come as runs, with the steps between them, in order.
        """
        if len(outcomes) != len(self.in_flight):
            raise ValueError(
                f"{len(outcomes)} outcomes of {len(self.in_flight)} drafts"
            )
        start, taken = self._settled, 0
        self._settled += len(self.in_flight)
        self.size -= self._out_size
        self.in_flight, self._out_size = [], 0
        told: list[list[T] | Step] = []
        while self._steps and self._steps[0][0] < self._settled:
            place, step = self._steps.popleft()
            if place - start > taken:
                told.append(list(outcomes[taken : place - start]))
                taken = place - start
            told.append(step)
        told.append(list(outcomes[taken:]))
        told += self.ready()
        return told

    def ready(self) -> list[Step]:
        """Return the steps that no draft stands before."""
        steps: list[Step] = []
        while self._steps and self._steps[0][0] <= self._settled:
            steps.append(self._steps.popleft()[1])
        return steps


def _size(drafts: list[Draft]) -> int:
    return DRAFT_SIZE * len(drafts) + sum([len(draft.text) for draft in drafts])


def _fitting(drafts: list[Draft]) -> int:
    """Return how many of *drafts* make a batch by their size, but at least one."""
    sizes = list(accumulate(DRAFT_SIZE + len(draft.text) for draft in drafts))
    return max(1, bisect_right(sizes, MAX_BATCH_SIZE))
