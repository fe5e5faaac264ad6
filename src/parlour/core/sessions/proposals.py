"""The entries that this node proposes, and the local steps between them, in order.

A step that was added after an entry is carried out once that entry is settled: it was
committed, or the journal refused it.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from ..entries import DURABLE, Batch, Entry, Said, Whispered, batch_time
from ..events import Refused, SessionId
from ..limits import Limits
from ..state.state import State
from .batching import (
    ENTRY_SIZE,
    Proposal,
    Rejected,
    Repeated,
    plan_batch,
    proposals_size,
)
from .connection import Connection
from .steps import Step

STALLED_AFTER: Final = 1.0  # seconds with one batch in flight


class Settled(NamedTuple):
    """Consecutive proposals that are settled; *first* is the number of the first."""

    first: int
    proposals: Sequence[Proposal]


class Proposals:
    """Entries and steps in order. At most one batch of entries is in flight.

    Each step is stored with the number of entries that were added before it.
    """

    def __init__(self, state: State, node: int, limits: Limits) -> None:
        self._state, self._node, self._limits = state, node, limits
        self._waiting: list[Proposal] = []  # for the next batches
        self._in_flight: list[Proposal] = []
        self._batch: Batch | None = None
        self._batch_since = 0.0
        self._in_flight_size = 0
        self.added = 0
        """The number of entries that were added, in total."""
        self._completed = 0  # entries settled, in total
        self._steps: deque[tuple[int, Step]] = deque()
        self._origins: dict[int, Connection] = {}  # by the number of the entry
        self.size = 0
        """Estimated characters of the entries, waiting and in flight."""

    def __len__(self) -> int:
        """Return the number of entries, waiting and in flight."""
        return self.added - self._completed

    @property
    def has_batch(self) -> bool:
        """Whether `next_batch` would return one."""
        return bool(self._waiting) and self._batch is None

    def propose(self, entry: Entry, origin: Connection | None = None) -> int:
        """Add an entry, and return its number.

        *origin*, if any, is blocked until it is settled.
        """
        if origin is not None:
            origin.blocked += 1
            origin.last_entry = self.added
            self._origins[origin.last_entry] = origin
        self._waiting.append(entry)
        self.added += 1
        self.size += proposals_size([entry])
        return self.added - 1

    def say(self, said: Sequence[Said | Whispered], origin: Connection) -> None:
        """Add messages of one connection."""
        self._waiting += said
        self.size += ENTRY_SIZE * len(said) + sum([len(each.text) for each in said])
        self.added += len(said)
        origin.last_entry = self.added - 1

    def rename(self, attachment: SessionId, name: str) -> None:
        """Give the waiting messages of a connection another name as their source.

        An account got the name under which they were said.
        """
        self._waiting = [
            each.replace(source=name)
            if isinstance(each, Said | Whispered) and each.attachment == attachment
            else each
            for each in self._waiting
        ]

    def is_settled(self, connection: Connection) -> bool:
        """Return whether all entries of a connection are settled."""
        return connection.last_entry < self._completed

    def add(self, step: Step) -> bool:
        """Add a step; return False if nothing is before it, so that it is not added."""
        if self.added == self._completed and not self._steps:
            return False
        self._steps.append((self.added, step))
        return True

    def origin(self, number: int) -> Connection | None:
        """Return, once, the connection that the entry with this number blocks."""
        return self._origins.pop(number, None) if self._origins else None

    def batch_age(self, now: float) -> float:
        """Return for how many seconds the journal has a batch; 0 if it has none."""
        return 0.0 if self._batch is None else max(now - self._batch_since, 0.0)

    def is_stalled(self, now: float) -> bool:
        """Return whether the journal has a batch for more than a second already."""
        return self.batch_age(now) > STALLED_AFTER

    def next_batch(self, wall: float, now: float) -> Batch | None:
        """Return the next batch, for the wall time *wall*; None while one is in flight.

        Durable entries that are void as the state is now are not in it, nor messages
        that were said already.
        They are settled with it, as they are judged now: what changes until the batch
        is applied must not make this node alone apply them.
        """
        if not self.has_batch:
            return None
        waiting, time = self._waiting, batch_time(wall)
        entries, judged, count, self._in_flight_size = plan_batch(
            self._state, waiting, self.size, self._limits, time
        )
        if count == len(waiting):
            self._in_flight, self._waiting = waiting, []
        else:
            self._in_flight = waiting[:count]
            del waiting[:count]
        for index, proposal in judged.items():
            self._in_flight[index] = proposal
        self._batch = Batch(time, tuple(entries), self._node)
        self._batch_since = now
        return self._batch

    def complete(self) -> list[Settled | Step]:
        """End the batch in flight; return what is settled and ready, in order."""
        settled, start, taken = self._in_flight, self._completed, 0
        self._completed += len(settled)
        self.size -= self._in_flight_size
        self._in_flight, self._in_flight_size, self._batch = [], 0, None
        if not self._steps:
            return [Settled(start, settled)]
        ordered: list[Settled | Step] = []
        while self._steps and self._steps[0][0] < self._completed:
            number, step = self._steps.popleft()
            if number - start > taken:
                ordered.append(Settled(start + taken, settled[taken : number - start]))
                taken = number - start
            ordered.append(step)
        ordered.append(Settled(start + taken, settled[taken:] if taken else settled))
        return ordered

    def take_ready(self) -> list[Step]:
        """Return the steps that have no entry before them, each once."""
        steps: list[Step] = []
        while self._steps and self._steps[0][0] <= self._completed:
            steps.append(self._steps.popleft()[1])
        return steps

    def reject(self, why: Refused) -> bool:
        """Mark the durable entries of the batch in flight as rejected.

        Return whether the batch can be completed now. If it has other entries, they are
        in the next batch, and the rejected ones keep their places between them.
        """
        rejected: list[Proposal] = [
            Rejected(each, why) if isinstance(each, DURABLE) else each
            for each in self._in_flight
        ]
        if all(isinstance(each, Rejected | Repeated) for each in rejected):
            self._in_flight = rejected
            return True
        self._waiting = rejected + self._waiting
        self._in_flight, self._in_flight_size, self._batch = [], 0, None
        return False
