"""Batching: which of the waiting entries form the next batch.

On one node, what is stored is applied: entries are judged by the state once, when their
batch is formed, and a batch ends before an entry that an earlier one could make void.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from ..entries import (
    Entry,
    Left,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    TopicSet,
    Whispered,
    message_run,
)
from ..events import Refused, RoomName, SessionId
from ..limits import Limits
from ..state import refusals
from ..state.state import State

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


class Plan:
    """The first of the waiting proposals, as many as form a batch.

    *entries* are those for the journal; *judged* replaces the others, by their places.
    """

    __slots__ = (
        *("_changed", "_has_others", "_is_full", "_keys", "_room", "_senders"),
        *("_state", "count", "entries", "judged", "size"),
    )

    def __init__(self, state: State) -> None:
        self.count = self.size = 0  # of the proposals, and their characters
        self.entries: list[Entry] = []
        self.judged: dict[int, Rejected | Repeated] = {}
        self._state = state
        self._keys: set[str] = set()
        self._changed: set[SessionId] = set()  # those whose session may leave rooms
        self._has_others = False  # than messages
        self._is_full = False
        self._room: RoomName | None = None
        self._senders: dict[SessionId, bool] = {}  # whether they are in the room

    def add_first(self, proposals: Sequence[Proposal]) -> int:
        """Add the messages with which *proposals* begin; return their number.

        They are those without keys, to one room, by sessions that are in it. As a batch
        is usually nothing else, this is the fast way of `add`.
        """
        said = message_run(proposals)
        if not said or not self._state.is_stored(said[0].room):
            return 0
        absent = self._state.absent(self._state.rooms[said[0].room], said)
        for count, each in enumerate(said):
            if each.key or (absent and each.attachment in absent):
                del said[count:]
                break
        self.entries += said
        return len(said)

    def add(self, index: int, proposal: Proposal) -> bool:
        """Add the next proposal; return whether it belongs to this batch."""
        if isinstance(proposal, Said):
            return self._add_said(index, proposal)
        if self._is_full:
            return False
        match proposal:
            case Rejected() | Repeated():
                pass
            case RoomOpened() | RoomClosed() | TopicSet():
                if index:
                    return False
                self._is_full = True  # it is a batch of its own
                verdict = self._state.judge(proposal)
                if verdict.has_effect:
                    self.entries.append(proposal)
                else:
                    self.judged[index] = Rejected(proposal, verdict.why)
            case _:
                self._has_others = True
                self.entries.append(proposal)
                self._changed |= self._may_leave(proposal)
        return True

    def _add_said(self, index: int, said: Said) -> bool:
        if said.room != self._room:
            self._room, self._senders = said.room, {}
        sender, senders = said.attachment, self._senders
        if sender not in senders:
            senders[sender] = self._state.may_say(sender, said.room)
        is_valid = senders[sender]
        if self._is_full or (
            self._has_others and (not is_valid or sender in self._changed)
        ):
            return False
        key = said.key
        if not is_valid:
            self.judged[index] = Rejected(said, self._why_void(said))
        elif not key:
            self.entries.append(said)
        elif key in self._keys:
            return False
        else:
            self._keys.add(key)
            if (sequence := self._state.said_as(said)) is None:
                self.entries.append(said)
            else:
                self.judged[index] = Repeated(said, sequence)
        return True

    def _why_void(self, said: Said) -> Refused:
        is_open = self._state.rooms.get_open(said.room) is not None
        return refusals.not_in_room() if is_open else refusals.no_such_room()

    def _may_leave(self, entry: Entry) -> set[SessionId]:
        """Return the connections whose session could leave a room by *entry*."""
        sessions = self._state.sessions
        match entry:
            case SessionOpened(attachment, token=token):
                found = [sessions.at(attachment), sessions.with_token(token)]
            case SessionHeld(attachment) | SessionClosed(attachment):
                found = [sessions.at(attachment)]
            case Left(attachment):
                found = [sessions.at(attachment)]
            case _:
                found = []
        return {each.attachment for each in found if each is not None}


def plan_batch(
    state: State, waiting: Sequence[Proposal], size: int, limits: Limits
) -> Plan:
    """Return a plan of the next batch; *size* is that of all *waiting* proposals."""
    first = waiting[: limits.batch_entries]
    sizes: list[int] = []
    if len(first) < len(waiting) or size > limits.batch_characters:
        sizes = list(accumulate(map(_size, first)))  # of the first n together
        first = first[: max(1, bisect_right(sizes, limits.batch_characters))]
    plan = Plan(state)
    plan.count = plan.add_first(first)
    while plan.count < len(first) and plan.add(plan.count, first[plan.count]):
        plan.count += 1
    if plan.count == len(waiting):
        plan.size = size
    else:
        plan.size = (
            sizes[plan.count - 1] if sizes else proposals_size(first[: plan.count])
        )
    return plan


def proposals_size(proposals: Sequence[Proposal]) -> int:
    """Return the estimated characters of *proposals*."""
    return sum(map(_size, proposals))


def _size(proposal: Proposal) -> int:
    # Two checks: that for one of two classes takes longer.
    if isinstance(proposal, Said) or isinstance(proposal, Whispered):  # noqa: SIM101
        return ENTRY_SIZE + len(proposal.text)
    return ENTRY_SIZE
