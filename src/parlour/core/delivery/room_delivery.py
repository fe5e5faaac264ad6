"""The delivery of one room: which events each member receives next.

Most members are at a *shared cursor*: one flush makes one bytes object for all of
them. A member with private events, or one that was lagging, *catches up* with a cursor
of its own. Once it has received all events it is back at the shared cursor or, if that
is behind, *waits* for the next flush to all members. A *lagging* member, whose
transport accepts no more bytes, receives nothing, and its cursor stays. The module has
more than 300 lines, since a member changes between these states in every flush.
"""

from collections.abc import Iterator, Sequence

from ..events import (
    ConnectionId,
    Erased,
    Message,
    Missed,
    PrivateEvent,
    Refused,
    RoomEvent,
    RoomName,
    Stored,
    Users,
)
from ..protocol.dialect import Dialect
from ..storage import Page, Question
from .catch_up import CatchUp
from .erased_texts import ErasedTexts
from .flush_schedule import FlushSchedule
from .member import Member
from .member_sets import MemberSets
from .member_state import (
    LAGGING_STATES,
    QUERYING_STATES,
    SHARING_STATES,
    UNPAUSABLE_STATES,
    EventSource,
    MemberChange,
    MemberState,
)
from .opening import Opening
from .recent_events import RecentEvents
from .replay import Replay
from .reports import DeliveryReports
from .shared_cursors import SharedCursors, Write


class RoomDelivery:
    """The members of a room on this node, and the delivery of its events to them."""

    def __init__(
        self,
        room: RoomName,
        recent: RecentEvents,
        reports: DeliveryReports,
        flush_bytes: int,
        *,
        is_kept: bool = True,
    ) -> None:
        self.room = room
        self.is_kept = is_kept
        """Whether its messages are in the history."""
        self.recent = self._recent = recent
        self._members: dict[ConnectionId, Member] = {}
        self._shared = SharedCursors(recent, flush_bytes)
        self.sets = MemberSets(recent, self._shared)
        """The members by state."""
        self._reports = reports
        self._replay = replay = Replay(room, recent, reports, is_kept=is_kept)
        self._catch_up = CatchUp(
            room, recent, self.sets, self._shared, replay, reports, flush_bytes
        )
        self.schedule = FlushSchedule(self)
        self._is_partial = False  # the last flush did not deliver everything
        self._flushed_head = recent.head  # at the last flush

    def __contains__(self, connection: ConnectionId) -> bool:
        return connection in self._members

    def __getitem__(self, connection: ConnectionId) -> Member:
        return self._members[connection]

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[ConnectionId]:
        return iter(self._members)

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
            or (self._is_partial and self._shared.is_any_behind)
        )

    @property
    def is_due(self) -> bool:
        """Whether a flush would do anything."""
        return self.is_any_catching_up or self.has_new_events

    @property
    def is_incomplete(self) -> bool:
        """Whether the last flush did not deliver everything, and a flush is due."""
        return self._is_partial and self.is_due

    def add(
        self,
        connection: ConnectionId,
        dialect: Dialect,
        opening: Opening | None = None,
    ) -> None:
        """Add a member, which receives the events from now on.

        With an *opening*, the events that `Replay.start` queues come first.
        """
        encoded = self._shared.open(dialect)
        member = Member(connection, encoded, self._recent.head)
        self._members[connection] = member
        self.sets.add(member)
        if opening is not None:
            self._replay.start(member, opening)
        else:
            self._catch_up.settle(member)

    def upgrade(
        self, connection: ConnectionId, dialect: Dialect, opening: Opening
    ) -> None:
        """Switch a member to *dialect*, after the events that it has received.

        `Replay.upgrade` queues the first events in that dialect.
        """
        member = self._members[connection]
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        member.encoded = self._shared.open(dialect)
        self._replay.upgrade(member, opening)

    def append(self, event: RoomEvent) -> None:
        """Add an event that all members receive."""
        self._recent.append(event)

    def extend(self, messages: Sequence[Message]) -> None:
        """Add messages, at least one, which all members receive at the next flush."""
        self._recent.extend(messages)
        self.schedule.is_urgent = True

    def remove_texts(self, erased: ErasedTexts) -> None:
        """Remove the texts of *erased* messages from the waiting private events."""
        for member in self._members.values():
            if member.private_events:
                member.private_events = [
                    (position, erased.without_in(event))
                    for position, event in member.private_events
                ]

    def private_events(self, connection: ConnectionId) -> list[PrivateEvent]:
        """Return the waiting private events of a member, except those of a replay."""
        waiting = self._members[connection].private_events
        replayed = (Message, Erased, Missed, Question)
        return [event for _, event in waiting if not isinstance(event, replayed)]

    def remove(self, connection: ConnectionId) -> None:
        """Remove a member, and drop the events that it has not received."""
        member = self._members.pop(connection)
        self._reports.queued_answers.clear(connection)
        self.sets.remove(member)

    def send_private(
        self, connection: ConnectionId, *events: PrivateEvent | Question
    ) -> None:
        """Queue *events* for one member, after the room events so far.

        A query is replaced by its answer. Nothing is queued for a finishing member.
        """
        self._queue(connection, events)
        if events and (len(events) > 1 or isinstance(events[0], Users)):
            self._reports.queued_answers.add(connection, events)

    def acknowledge(self, connection: ConnectionId, stored: Sequence[Stored]) -> None:
        """Queue acknowledgements for one member, like `send_private`."""
        self._queue(connection, stored)

    def _queue(
        self, connection: ConnectionId, events: Sequence[PrivateEvent | Question]
    ) -> None:
        member = self._members[connection]
        if member.end is not None:
            return
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        head = self._recent.head
        member.private_events += [(head, event) for event in events]

    def awaits(self, question: Question) -> bool:
        """Return whether the next private event of a member is this question."""
        member = self._members.get(question.connection)
        return (
            member is not None
            and member.state in QUERYING_STATES
            and member.private_events[0][1] == question
        )

    def answer(self, query: Question, page: Page | Refused) -> None:
        """Replace *query*, which `queries` returned, with *page*.

        The answer for a lagging member is dropped, so that it takes no memory; the
        query is returned again when the member catches up.
        """
        member = self._members[query.connection]
        self.sets.change(member, MemberChange.ANSWER)
        if member.state is MemberState.LAGGING:
            return
        self._catch_up.answer(member, query, page)
        if isinstance(page, Page):
            self._reports.queued_answers.add_page(member.connection, page)

    def take_private(self, connection: ConnectionId) -> bytes | None:
        """Return a member's next private event, and the events of the room before it.

        None if it has to wait.
        """
        member = self._members.get(connection)
        if member is None or member.state is not MemberState.CATCHING_UP:
            return None
        self._recent.encode()
        return self._catch_up.take_private(member)

    def finish(self, connection: ConnectionId) -> None:
        """Deliver the events so far to a member, and then nothing more."""
        member = self._members[connection]
        if member.end is not None:
            return
        if member.state in SHARING_STATES:
            self.sets.change(member, MemberChange.DIVERGE)
        member.end = self._recent.head

    def is_finishing(self, connection: ConnectionId) -> bool:
        """Return whether a member receives nothing after the events so far."""
        return self._members[connection].end is not None

    def pause_writing(self, connection: ConnectionId) -> None:
        """Deliver nothing to a member until `resume_writing`: it is lagging."""
        member = self._members[connection]
        if member.state not in UNPAUSABLE_STATES:
            self.sets.change(member, MemberChange.PAUSE_WRITING)

    def resume_writing(self, connection: ConnectionId) -> None:
        """Deliver again to *connection* if it is a lagging member."""
        member = self._members.get(connection)
        if member is not None and member.state in LAGGING_STATES:
            self.sets.change(member, MemberChange.RESUME_WRITING)

    def give_up_events(self) -> None:
        """Discard the recent events that no member has to receive from here."""
        self._recent.encode()
        self._recent.discard_all_before(self._oldest_pinned())

    def flush_time(self, now: float) -> float | None:
        """Return when a flush is due, at the earliest *now*; None if never."""
        due = self.schedule.next_flush(now)
        return now if self.sets.catching_up else due

    def flush_due(self, now: float) -> list[Write]:
        """Return what to write now; it counts as received."""
        due = self.schedule.next_flush(now)
        if due is None or due > now:
            return self._catch_up.flush()
        writes = self.flush()
        self.schedule.flushed()
        return writes

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
        writes = self._catch_up.flush() + shared_writes
        oldest = self._oldest_pinned()
        self._flushed_head, self._is_partial = recent.head, oldest < recent.head
        recent.discard_before(oldest)
        return writes

    def _oldest_pinned(self) -> int:
        """Return the position of the first event that must not be discarded."""
        cursors, sets = self._shared.cursors, self.sets
        if sets.catching_up or sets.waiting:
            behind = (*sets.catching_up.values(), *sets.waiting.values())
            cursors += [m.cursor for m in behind if m.source is EventSource.PINNED]
        return min(cursors, default=self._recent.head)
