"""Batching: which of the waiting entries form the next batch.

On one node, what is stored is applied: entries are judged by the state once, when their
batch is formed, and a batch ends before an entry that an earlier one could make void.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from ..entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    ROOM_ENTRIES,
    Entry,
    Left,
    ReadUpTo,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    SignedIn,
    Whispered,
    message_run,
)
from ..events import AccountNumber, Refused, RoomName, SessionId, person_of
from ..limits import Limits
from ..state.room import Speaker
from ..state.sessions import Session
from ..state.slow_mode import speakers
from ..state.state import State

SILENCED: Final = frozenset(
    {"muted", "locked", "too_fast", "no_direct", "other_too_many_direct"}
)
"""Codes of messages that are refused only if they are new."""
ALONE: Final = (
    *(*ROOM_ENTRIES, *(each for each in ACCOUNT_ENTRIES if each is not ReadUpTo)),
    *(*ORDER_ENTRIES, *INVITATION_ENTRIES),
)
"""Entries that are a batch of their own."""
MESSAGES: Final = (Said, Whispered)
ENTRY_SIZE: Final = 100  # characters counted for an entry, besides its text


class Rejected(NamedTuple):
    """An entry that is not in the journal, in the place where it was proposed.

    *why* is None if it would have changed nothing.
    """

    entry: Entry
    why: Refused | None


class Repeated(NamedTuple):
    """A message that was said already as *sequence*, and is not in the journal."""

    said: Said
    sequence: int


Proposal = Entry | Rejected | Repeated

NOTHING_JUDGED: Final[Mapping[int, Rejected | Repeated]] = {}


class Plan(NamedTuple):
    """The first of the waiting proposals, as many as form a batch.

    *entries* are those for the journal; *judged* replaces the others, by their places.
    *length* and *size* are the number of the proposals and their characters.
    """

    entries: Sequence[Entry]
    judged: Mapping[int, Rejected | Repeated]
    length: int
    size: int


class Planner:
    """Judges proposals in their order, until one does not belong to the batch."""

    def __init__(self, state: State, first: Sequence[Said], time: float) -> None:
        self.entries: list[Entry] = [*first]
        self.judged: dict[int, Rejected | Repeated] = {}
        self._state, self._time = state, time
        self._keys = {each.key for each in first if each.key}
        self._changed: set[SessionId] = set()  # those who may speak no longer
        self._has_others = False  # than messages
        self._is_full = False
        self._room: RoomName | None = None
        # Why they must not speak in the room; None if they may.
        self._senders: dict[SessionId, Refused | None] = {}
        self._read: set[tuple[AccountNumber, RoomName]] = set()
        self._spoken: set[tuple[RoomName, Speaker]] = set()  # in slow rooms

    def add(self, index: int, proposal: Proposal) -> bool:
        """Add the next proposal; return whether it belongs to this batch."""
        if isinstance(proposal, Said):
            return self._add_said(index, proposal)
        if self._is_full:
            return False
        match proposal:
            case Rejected() | Repeated():
                pass
            case ReadUpTo():
                return self._add_read(index, proposal)
            case _ if isinstance(proposal, ALONE):
                if index:
                    return False
                self._is_full = True  # it is a batch of its own
                verdict = self._state.judge(proposal, self._time)
                if verdict.has_effect:
                    self.entries.append(proposal)
                else:
                    self.judged[index] = Rejected(proposal, verdict.why)
            case _:
                if isinstance(proposal, Whispered) and proposal.key:
                    self._keys.add(proposal.key)  # no message with it may follow
                self._has_others = True
                self.entries.append(proposal)
                self._changed |= self._silenced_by(proposal)
        return True

    def _add_read(self, index: int, entry: ReadUpTo) -> bool:
        """Add a read position, unless an earlier entry decides whether it is new."""
        place = entry.account, entry.room
        verdict = self._state.judge(entry, self._time)
        if place in self._read or (index and not verdict.has_effect):
            return False
        if verdict.has_effect:
            self._read.add(place)
            self.entries.append(entry)
        else:
            self.judged[index] = Rejected(entry, verdict.why)
        return True

    def _add_said(self, index: int, said: Said) -> bool:
        if said.room != self._room:
            self._room, self._senders = said.room, {}
        sender, senders = said.attachment, self._senders
        if sender not in senders:
            why = self._state.messages.why_void(sender, said.room, self._time)
            senders[sender] = why
        why = senders[sender]
        if self._is_full or (
            self._has_others and (why is not None or sender in self._changed)
        ):
            return False
        key = said.key
        if why is None and self._has_spoken(sender, said.room):
            return False  # in a slow room, the next batch decides
        sequence = self._state.messages.said_as(said) if key else None
        if why is not None and (sequence is None or why.code not in SILENCED):
            self.judged[index] = Rejected(said, why)
        elif not key:
            self.entries.append(said)
        elif key in self._keys:
            return False
        else:
            self._keys.add(key)
            if sequence is None:
                self.entries.append(said)
            else:
                self.judged[index] = Repeated(said, sequence)
        return True

    def _has_spoken(self, sender: SessionId, name: RoomName) -> bool:
        """Return whether a sender has spoken in this batch, if the room is slow."""
        room, session = self._state.rooms[name], self._state.sessions.at(sender)
        if not room.slow or session is None:
            return False
        spoken = {(name, each) for each in speakers(session)}
        has_spoken = not spoken.isdisjoint(self._spoken)
        self._spoken |= spoken
        return has_spoken

    def _silenced_by(self, entry: Entry) -> set[SessionId]:
        """Return the connections whose session may speak no longer after *entry*.

        It could leave a room, or become one of an account that is muted. The other
        sessions of that account have to wait in slow rooms as the guest had.
        """
        sessions = self._state.sessions
        found: list[Session | None]
        match entry:
            case SessionOpened(attachment, token=token, account=account):
                found = [sessions.at(attachment), sessions.with_token(token)]
                found += sessions.of(person_of(account)) if account else ()
            case SignedIn(attachment, account):
                found = [sessions.at(attachment), *sessions.of(person_of(account))]
            case SessionHeld(attachment) | SessionClosed(attachment):
                found = [sessions.at(attachment)]
            case Left(attachment):
                found = [sessions.at(attachment)]
            case _:
                found = []
        return {each.attachment for each in found if each is not None}


def plan_batch(
    state: State, waiting: Sequence[Proposal], size: int, limits: Limits, time: float
) -> Plan:
    """Return a plan of the next batch; *size* is that of all *waiting* proposals.

    *time* is the wall time of the batch.
    """
    first, sizes = waiting, list[int]()
    if len(waiting) > limits.batch_entries or size > limits.batch_characters:
        first = waiting[: limits.batch_entries]
        sizes = list(accumulate(_sizes(first)))  # of the first n together
        first = first[: max(1, bisect_right(sizes, limits.batch_characters))]
    said = _first_messages(state, first, time)
    count = len(said)
    if count == len(waiting):  # a batch is usually nothing else
        return Plan(said, NOTHING_JUDGED, count, size)
    planner = Planner(state, said, time)
    while count < len(first) and planner.add(count, first[count]):
        count += 1
    if count < len(waiting):
        size = sizes[count - 1] if sizes else proposals_size(first[:count])
    return Plan(planner.entries, planner.judged, count, size)


def _first_messages(
    state: State, proposals: Sequence[Proposal], time: float
) -> list[Said]:
    """Return the messages with which *proposals* begin, if they need no judgement.

    They are new messages to one room, by sessions that are in it.
    """
    said = message_run(proposals)
    room = state.messages.stored_room(said[0].room) if said else None
    if room is None or state.restrictions.restricts(room, time):
        return []
    absent, keys = state.messages.absent(room, said), set[str]()
    for count, each in enumerate(said):
        if absent and each.attachment in absent:
            return said[:count]
        if key := each.key:
            if key in keys or state.messages.said_as(each) is not None:
                return said[:count]
            keys.add(key)
    return said


def proposals_size(proposals: Sequence[Proposal]) -> int:
    """Return the estimated characters of *proposals*."""
    return sum(_sizes(proposals))


def _sizes(proposals: Sequence[Proposal]) -> list[int]:
    return [
        ENTRY_SIZE + (len(each.text) if isinstance(each, MESSAGES) else 0)
        for each in proposals
    ]
