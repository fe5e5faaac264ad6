"""Delivery: which events each member of a room receives next, and in which writes.

Most members are at a *shared cursor*: one flush makes one bytes object for all of
them. A member with private events, or one that was lagging, *catches up* with a cursor
of its own. Once it has received all events it is back at the shared cursor or, if that
is behind, *waits* for the next flush to all members. A *lagging* member, whose
transport accepts no more bytes, receives nothing, and its cursor stays.
"""

from ..events import (
    Cursor,
    Joined,
    PrivateEvent,
    Refused,
    RoomName,
    SessionId,
    Users,
    Welcome,
)
from ..protocol.dialect import Dialect
from ..storage import Page, SessionQuery
from .catch_up import CatchUp
from .member import Member
from .member_sets import MemberSets
from .member_state import (
    LAGGING_STATES,
    SHARING_STATES,
    UNPAUSABLE_STATES,
    EventSource,
    MemberChange,
    MemberState,
)
from .queued_answers import QueuedAnswers
from .recent_events import RecentEvents
from .replay import Replay
from .shared_cursors import SharedCursors, Write


class Delivery:
    """The members of a room, and the delivery of its events to them."""

    def __init__(self, room: RoomName, recent: RecentEvents, flush_bytes: int) -> None:
        self._recent = recent
        self._members: dict[SessionId, Member] = {}
        self._shared = SharedCursors(recent, flush_bytes)
        self.sets = MemberSets(recent, self._shared)
        """The members by state."""
        self._replay = replay = Replay(room, recent)
        self.queued_answers = QueuedAnswers()
        self.catch_up = CatchUp(
            room,
            recent,
            self.sets,
            self._shared,
            replay,
            self.queued_answers,
            flush_bytes,
        )
        """The delivery to the members that catch up."""
        self._is_partial = False  # the last flush did not deliver everything
        self._flushed_head = recent.head  # at the last flush

    def __contains__(self, session: SessionId) -> bool:
        return session in self._members

    def __getitem__(self, session: SessionId) -> Member:
        return self._members[session]

    def __len__(self) -> int:
        return len(self._members)

    @property
    def lagging_count(self) -> int:
        """Number of lagging members."""
        return self.sets.lagging_count

    @property
    def missed_count(self) -> int:
        """Events that were discarded before a member received them, in total."""
        return self.catch_up.missed_count

    @property
    def has_queries(self) -> bool:
        """Whether `queries` would return any."""
        return self.catch_up.has_queries

    @property
    def backlog(self) -> int:
        """The largest number of events that a member has not received."""
        cursors = [member.cursor for member in self.sets.behind()]
        return self._recent.head - min(
            self._shared.cursors + cursors, default=self._recent.head
        )

    @property
    def is_any_catching_up(self) -> bool:
        """Whether `CatchUp.flush` would do anything."""
        return bool(self.sets.catching_up)

    @property
    def has_new_events(self) -> bool:
        """Whether a flush to all members is due.

        It is also due for new events while all members are lagging, since it discards
        old events.
        """
        return (
            self._flushed_head < self._recent.head
            or bool(self.sets.waiting)
            or self._shared.is_any_behind
        )

    @property
    def is_due(self) -> bool:
        """Whether a flush would do anything."""
        return self.is_any_catching_up or self.has_new_events

    @property
    def is_incomplete(self) -> bool:
        """Whether the last flush did not deliver everything, and a flush is due."""
        return self._is_partial and self.is_due

    def add(self, session: SessionId, dialect: Dialect) -> None:
        """Add a member, which receives nothing until `start` or `start_session`."""
        encoded = self._shared.open(dialect)
        member = Member(session, encoded, self._recent.head)
        self._members[session] = member
        self.sets.add(member)

    def start(self, session: SessionId) -> None:
        """Deliver the events from now on to a member that was added."""
        member = self._start(session)
        if member.state is MemberState.CATCHING_UP and member.end is None:
            self.catch_up.settle(member)

    def start_session(
        self,
        session: SessionId,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Deliver the events from now on, after those that `Replay.start` queues."""
        self._replay.start(self._start(session), welcome, cursor, joined)

    def upgrade_session(
        self,
        session: SessionId,
        dialect: Dialect,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Switch a member to *dialect*, after the events that it has received.

        `Replay.upgrade` queues the welcome.
        """
        member = self._members[session]
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        member.encoded = self._shared.open(dialect)
        self._replay.upgrade(member, welcome, cursor, joined)

    def remove(self, session: SessionId) -> None:
        """Remove a member, and drop the events that it has not received."""
        member = self._members.pop(session)
        self.queued_answers.clear(session)
        self.sets.remove(member)

    def send_private(
        self, session: SessionId, *events: PrivateEvent | SessionQuery
    ) -> None:
        """Queue *events* for one member, after the room events so far.

        A query is replaced by its answer. Nothing is queued for a finishing member.
        """
        member = self._members[session]
        if member.end is not None:
            return
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        head = self._recent.head
        member.private_events.extend((head, event) for event in events)
        if events and (len(events) > 1 or isinstance(events[0], Users)):
            self.queued_answers.add(session, events)

    def queries(self) -> list[SessionQuery]:
        """Return the next queries, as many as one turn allows."""
        return self.catch_up.queries()

    def answer(self, query: SessionQuery, page: Page | Refused) -> None:
        """Replace *query*, which `queries` returned, with *page*.

        The answer for a lagging member is dropped, so that it takes no memory; the
        query is returned again when the member catches up.
        """
        member = self._members[query.session]
        self.sets.change(member, MemberChange.ANSWER)
        if member.state is MemberState.LAGGING:
            return
        self.catch_up.answer(member, query, page)
        if isinstance(page, Page):
            self.queued_answers.add(member.session, page.messages)

    def finish(self, session: SessionId) -> None:
        """Deliver the events so far to a member, and then nothing more."""
        member = self._members[session]
        if member.end is not None:
            return
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        member.end = self._recent.head

    def finish_all(self) -> None:
        """Deliver the events so far to all members, and then nothing more."""
        for session in self._members:
            self.finish(session)

    def pause_writing(self, session: SessionId) -> None:
        """Deliver nothing to a member until `resume_writing`: it is lagging."""
        member = self._members[session]
        if member.state not in UNPAUSABLE_STATES:
            self.sets.change(member, MemberChange.PAUSE_WRITING)

    def resume_writing(self, session: SessionId) -> None:
        """Deliver again to *session* if it is a lagging member."""
        member = self._members.get(session)
        if member is not None and member.state in LAGGING_STATES:
            self.sets.change(member, MemberChange.RESUME_WRITING)

    def answered(self) -> list[SessionId]:
        """Return, once each, the sessions that received their last private event."""
        answered, self.catch_up.answered = self.catch_up.answered, []
        return answered

    def finished(self) -> list[SessionId]:
        """Return, once each, the sessions that received everything up to their end."""
        finished, self.catch_up.finished = self.catch_up.finished, []
        return finished

    def flush(self) -> list[Write]:
        """Return what to write to all members; it counts as received.

        The members that catch up come first: they wait for an answer, and can send
        again while the others are written to. No event is discarded before the
        members that pin it have received it.
        """
        recent = self._recent
        recent.encode()
        shared_writes = self._shared.flush()
        self.sets.end_waiting()
        writes = self.catch_up.flush() + shared_writes
        behind = (*self.sets.catching_up.values(), *self.sets.waiting.values())
        cursors = [m.cursor for m in behind if m.source is EventSource.PINNED]
        oldest = min(self._shared.cursors + cursors, default=0)
        self._flushed_head, self._is_partial = recent.head, oldest < recent.head
        recent.discard_before(oldest)
        return writes

    def _start(self, session: SessionId) -> Member:
        member = self._members[session]
        member.cursor = self._recent.head
        self.sets.change(member, MemberChange.START)
        return member
