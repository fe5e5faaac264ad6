"""The entries that this node proposes, and the local steps between them, in order.

A step that was added after an entry is carried out once that entry is settled: it was
committed, or the journal refused it.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Container, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from ..entries import (
    DURABLE,
    Batch,
    Entry,
    Left,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    Whispered,
)
from ..events import Refused, RoomName, SessionId
from ..limits import MAX_BATCH_CHARACTERS, MAX_BATCH_ENTRIES
from ..state import refusals
from ..state.effects import Effect
from ..state.state import State
from .connection import Connection
from .steps import Step

ENTRY_SIZE: Final = 100  # characters counted for an entry, besides its text


class Rejected(NamedTuple):
    """An entry that is not in the journal, in the place where it was proposed."""

    entry: Entry
    why: Refused


class Repeated(NamedTuple):
    """A message that was said already as *sequence*, and is not in the journal."""

    said: Said
    sequence: int


class Unchanged(NamedTuple):
    """A durable entry that would change nothing, and is not in the journal."""

    entry: Entry
    effects: list[Effect]


Proposal = Entry | Rejected | Repeated | Unchanged


class Settled(NamedTuple):
    """Consecutive proposals that are settled; *first* is the number of the first."""

    first: int
    proposals: Sequence[Proposal]


class Proposals:
    """Entries and steps in order. At most one batch of entries is in flight.

    Each step is stored with the number of entries that were added before it.
    """

    def __init__(self, state: State, node: int) -> None:
        self._state, self._node = state, node
        self._waiting: list[Proposal] = []  # for the next batches
        self._in_flight: list[Proposal] = []
        self._batch: Batch | None = None
        self._in_flight_size = 0
        self._completed = 0  # entries that are settled, in total
        self._steps: deque[tuple[int, Step]] = deque()
        self._origins: dict[int, Connection] = {}  # by the number of the entry
        self.size = 0
        """Estimated characters of the entries, waiting and in flight."""

    def __len__(self) -> int:
        """Return the number of entries, waiting and in flight."""
        return len(self._waiting) + len(self._in_flight)

    @property
    def has_batch(self) -> bool:
        """Whether `next_batch` would return one."""
        return bool(self._waiting) and self._batch is None

    def propose(self, entry: Entry, origin: Connection | None = None) -> None:
        """Add an entry. *origin*, if any, is blocked until it is settled."""
        if origin is not None:
            origin.blocked += 1
            origin.last_entry = self._completed + len(self)
            self._origins[origin.last_entry] = origin
        self._waiting.append(entry)
        self.size += _size([entry])

    def say(self, said: Sequence[Said | Whispered], origin: Connection) -> None:
        """Add messages of one connection."""
        self._waiting += said
        self.size += ENTRY_SIZE * len(said) + sum([len(each.text) for each in said])
        origin.last_entry = self._completed + len(self) - 1

    def is_settled(self, connection: Connection) -> bool:
        """Return whether all entries of a connection are settled."""
        return connection.last_entry < self._completed

    def add(self, step: Step) -> bool:
        """Add a step; return False if nothing is before it, so that it is not added."""
        if not len(self) and not self._steps:
            return False
        self._steps.append((self._completed + len(self), step))
        return True

    def origin(self, number: int) -> Connection | None:
        """Return, once, the connection that the entry with this number blocks."""
        return self._origins.pop(number, None) if self._origins else None

    def next_batch(self, time: float) -> Batch | None:
        """Return the next batch, for the wall time *time*; None while one is in flight.

        Messages that are void as the state is now, or were said already, are not in it.
        They are settled with it, as they are judged now: what changes until the batch
        is applied must not make this node alone apply them.
        """
        if not self.has_batch:
            return None
        count, entries, judged = self._plan()
        self._in_flight = self._waiting[:count]
        del self._waiting[:count]
        self._in_flight_size = _size(self._in_flight) if self._waiting else self.size
        for index, proposal in judged.items():
            self._in_flight[index] = proposal
        self._batch = Batch(time, tuple(entries), self._node)
        return self._batch

    def complete(self) -> list[Settled | Step]:
        """End the batch in flight; return what is settled and ready, in order."""
        settled, start, taken = self._in_flight, self._completed, 0
        self._completed += len(settled)
        self.size -= self._in_flight_size
        self._in_flight, self._in_flight_size, self._batch = [], 0, None
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
        if all(isinstance(each, Rejected) for each in rejected):
            self._in_flight = rejected
            return True
        self._waiting = rejected + self._waiting
        self._in_flight, self._in_flight_size, self._batch = [], 0, None
        return False

    def _plan(self) -> tuple[int, list[Entry], dict[int, Proposal]]:
        """Return how many proposals the next batch settles, and its entries.

        Also return, by their places, the messages that are not in it. A durable entry
        that is not a message is a batch of its own. A batch ends before a message whose
        validity an earlier entry of it could change.
        """
        waiting = self._waiting[:MAX_BATCH_ENTRIES]
        if self.size > MAX_BATCH_CHARACTERS:
            del waiting[_count_within(waiting) :]
        entries: list[Entry] = []
        judged: dict[int, Proposal] = {}
        keys: set[str] = set()
        changed: set[SessionId] = set()  # those that may leave rooms in this batch
        room: RoomName | None = None
        members: Container[SessionId] = ()
        has_others = False
        for count, each in enumerate(waiting):
            if isinstance(each, Said):
                key = each.key
                if each.room != room:
                    room, members = each.room, self._members(each.room)
                if has_others and (
                    each.session in changed or each.session not in members
                ):
                    return count, entries, judged
                if each.session not in members:
                    judged[count] = Rejected(each, self._why_void(each))
                elif not key:
                    entries.append(each)
                elif key in keys:
                    return count, entries, judged
                else:
                    keys.add(key)
                    if (sequence := self._state.said_as(each)) is None:
                        entries.append(each)
                    else:
                        judged[count] = Repeated(each, sequence)
            elif isinstance(each, Rejected | Repeated | Unchanged):
                continue
            elif isinstance(each, DURABLE):
                return (count, entries, judged) if count else self._plan_alone(each)
            else:
                has_others = True
                entries.append(each)
                changed |= self._may_leave(each)
        return len(waiting), entries, judged

    def _plan_alone(self, entry: Entry) -> tuple[int, list[Entry], dict[int, Proposal]]:
        """Do what `_plan` does for a durable entry that is a batch of its own."""
        effects = self._state.unchanged(entry)
        if effects is None:
            return 1, [entry], {}
        return 1, [], {0: Unchanged(entry, effects)}

    def _members(self, name: RoomName) -> Container[SessionId]:
        room = self._state.rooms.get_open(name)
        return () if room is None else room.members

    def _why_void(self, said: Said) -> Refused:
        is_open = self._state.rooms.get_open(said.room) is not None
        return refusals.not_in_room() if is_open else refusals.no_such_room()

    def _may_leave(self, entry: Entry) -> set[SessionId]:
        """Return the sessions that could leave a room by *entry*."""
        sessions = self._state.sessions
        match entry:
            case SessionOpened(attachment, token=token):
                found = [sessions.at(attachment), sessions.with_token(token)]
            case SessionHeld(attachment) | SessionClosed(attachment):
                found = [sessions.at(attachment)]
            case Left(session):
                found = [sessions.get(session)]
            case _:
                found = []
        return {each.id for each in found if each is not None}


def _text_size(proposal: Proposal) -> int:
    return len(proposal.text) if isinstance(proposal, Said | Whispered) else 0


def _size(proposals: Sequence[Proposal]) -> int:
    return ENTRY_SIZE * len(proposals) + sum(map(_text_size, proposals))


def _count_within(proposals: list[Proposal]) -> int:
    """Return how many of *proposals* fit in a batch by their size, at least one."""
    sizes = list(accumulate(ENTRY_SIZE + _text_size(each) for each in proposals))
    return max(1, bisect_right(sizes, MAX_BATCH_CHARACTERS))
