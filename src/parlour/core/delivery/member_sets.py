"""The members of a room by state."""

from collections.abc import Iterator

from ..events import ConnectionId
from .member import Member
from .member_state import (
    LAGGING_STATES,
    SOURCES,
    TRANSITIONS,
    EventSource,
    MemberChange,
    MemberState,
)
from .recent_events import RecentEvents
from .shared_cursors import SharedCursors


class MemberSets:
    """A set of members for each state, so that a flush visits only those it affects.

    Every member is in exactly one set, that of its state. The members at a shared
    cursor are stored with that cursor.
    """

    def __init__(self, recent: RecentEvents, shared: SharedCursors) -> None:
        self._recent, self._shared = recent, shared
        self._sets: dict[MemberState, dict[ConnectionId, Member]] = {
            state: {}
            for state in MemberState
            if state is not MemberState.AT_SHARED_CURSOR
        }
        self.catching_up = self._sets[MemberState.CATCHING_UP]
        self.waiting = self._sets[MemberState.WAITING]

    def in_state(self, state: MemberState) -> set[ConnectionId]:
        """Return the connections of the members in *state*."""
        if state is MemberState.AT_SHARED_CURSOR:
            return self._shared.connections
        return set(self._sets[state])

    def behind(self) -> Iterator[Member]:
        """Return the members that receive events later, by their own cursors."""
        for state in (MemberState.CATCHING_UP, MemberState.WAITING, *LAGGING_STATES):
            yield from self._sets[state].values()

    def add(self, member: Member) -> None:
        """Add a new member."""
        self._sets[member.state][member.connection] = member

    def remove(self, member: Member) -> None:
        """Remove a member in any state."""
        if member.state is MemberState.AT_SHARED_CURSOR:
            self._shared.remove(member)
        else:
            del self._sets[member.state][member.connection]

    def change(self, member: Member, change: MemberChange) -> None:
        """Move *member* to the next state, with a source that the state allows.

        Raises KeyError if its state does not expect *change*.
        """
        before = member.state
        member.state = after = TRANSITIONS[before][change]
        if before is MemberState.AT_SHARED_CURSOR:
            self._shared.remove(member)
        else:
            del self._sets[before][member.connection]
        if after is MemberState.AT_SHARED_CURSOR:
            self._shared.add(member)
        else:
            self._sets[after][member.connection] = member
        if member.source not in SOURCES[after]:
            self._switch_source(member)

    def end_waiting(self) -> None:
        """Let all waiting members catch up, as part of a flush."""
        if not self.waiting:
            return
        after = TRANSITIONS[MemberState.WAITING][MemberChange.FLUSH]
        for member in self.waiting.values():
            member.state = after
        self._sets[after].update(self.waiting)
        self.waiting.clear()

    def _switch_source(self, member: Member) -> None:
        """Pin the recent events for *member*, or unpin them."""
        if member.source is EventSource.PINNED:
            member.source = EventSource.UNPINNED
            member.update_sequence(self._recent)
        else:
            member.source = EventSource.PINNED
