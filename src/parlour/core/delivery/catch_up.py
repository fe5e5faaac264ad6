"""Catch-up: the next events of members that have their own cursor."""

from collections.abc import Sequence

from ..events import (
    ActPage,
    Erased,
    HistoryPage,
    HistorySummary,
    Message,
    Missed,
    PrivateEvent,
    Refused,
    RoomName,
    SearchResults,
)
from ..storage import (
    FindMessage,
    FindTexts,
    Page,
    Purpose,
    Question,
    ReadActs,
    SearchRooms,
)
from .encoded_events import EncodedEvents, Slice
from .member import Member
from .member_sets import MemberSets
from .member_state import EventSource, MemberChange, MemberState
from .recent_events import RecentEvents
from .replay import Replay
from .reports import DeliveryReports
from .shared_cursors import SharedCursors, Write

Slices = dict[tuple[EncodedEvents, int, int, bool], Slice]
"""Slices by encoding, cursor, end, and whether they contain only messages."""


class CatchUp:
    """Delivery to the members that catch up, to each *flush_bytes* at a time."""

    def __init__(
        self,
        room: RoomName,
        recent: RecentEvents,
        sets: MemberSets,
        shared: SharedCursors,
        replay: Replay,
        reports: DeliveryReports,
        flush_bytes: int,
    ) -> None:
        self._room, self._recent, self._flush_bytes = room, recent, flush_bytes
        self._sets, self._shared, self._replay = sets, shared, replay
        self._reports, self._queued_answers = reports, reports.queued_answers

    def answer(self, member: Member, query: Question, page: Page | Refused) -> None:
        """Replace *query*, the first private event of *member*, with *page*."""
        position, _ = member.private_events.pop(0)
        if query.purpose in {Purpose.OPENING, Purpose.REPLAY}:
            self._replay.answer(member, query, page)
        else:
            events = answer_events(query, page)
            member.private_events[:0] = [(position, event) for event in events]

    def take_private(self, member: Member) -> bytes | None:
        """Return the next private event of *member*, and the room events before it.

        None if there is none, if it is a question, or if the events before it are more
        than those of one flush.
        """
        if not member.private_events:
            return None
        position, event = member.private_events[0]
        if isinstance(event, Question) or member.cursor < self._recent.base:
            return None
        part = b""
        if member.cursor < position:
            found = self._slice(member, position, self._flush_bytes, {})
            if found.cursor < position:
                return None
            part, member.cursor = found.data, found.cursor
            if member.source is EventSource.UNPINNED:
                member.update_sequence(self._recent)
        del member.private_events[0]
        if not member.private_events:
            self._reports.answered.append(member.connection)
            self._queued_answers.clear(member.connection)
        return part + _encode_private(member, event)

    def flush(self) -> list[Write]:
        """Return what to write to the members that catch up; it counts as received.

        The other members receive nothing, so a welcome or an answer to one member
        causes no write to them.
        """
        if not self._sets.catching_up:
            return []
        self._recent.encode()
        writes: dict[int, Write] = {}  # by the identity of their bytes
        slices: Slices = {}
        caught_up = self._reports.caught_up
        for member in list(self._sets.catching_up.values()):
            before = caught_up.get(member.connection, 0) if caught_up else 0
            if before >= self._flush_bytes:
                continue  # in other rooms; this one comes in the next flush
            had_private_events = bool(member.private_events)
            data, events = self._next_bytes(member, slices)
            if self._queued_answers.size and (
                member.state is MemberState.QUERYING or not member.private_events
            ):
                self._queued_answers.clear(member.connection)
            if had_private_events and not member.private_events:
                self._reports.answered.append(member.connection)
            if data:
                if caught_up is not None:
                    caught_up[member.connection] = before + len(data)
                write = writes.setdefault(id(data), Write(data, [], events))
                write.connections.append(member.connection)
            self.settle(member)
        return list(writes.values())

    def settle(self, member: Member) -> None:
        """Change the state of a member that has received all events due to it."""
        if member.private_events:
            return
        if member.end is not None:
            if member.cursor >= member.end:
                self._sets.change(member, MemberChange.FINISH)
                self._reports.finished.append((member.connection, self._room))
        elif member.cursor >= member.replay_end:
            if member.cursor == self._shared.position_for(member):
                self._sets.change(member, MemberChange.MEET)
            elif member.cursor == self._recent.head:
                self._sets.change(member, MemberChange.OVERTAKE)

    def _next_bytes(self, member: Member, slices: Slices) -> tuple[bytes, int]:
        """Return the next bytes for *member*, and the number of room events in them.

        *slices* are shared by all members of one flush. After a query, the member
        receives nothing until it is answered.
        """
        parts: list[bytes] = []
        events, left, private = 0, self._flush_bytes, member.private_events
        query: Question | None = None
        taken = 0  # private events, deleted together: there may be thousands
        while left > 0:
            if taken < len(private) and private[taken][0] <= member.cursor:
                event = private[taken][1]
                if isinstance(event, Question):
                    query = event
                    break
                part = _encode_private(member, event)
                taken += 1
            elif member.cursor < min(self._recent.base, self._end(member)):
                del private[:taken]
                taken = 0
                part = self._skip_discarded(member)
            else:
                end = private[taken][0] if taken < len(private) else self._end(member)
                if member.cursor >= end:
                    break
                part, member.cursor, count = self._slice(member, end, left, slices)
                events += count
            parts.append(part)
            left -= len(part)
        del private[:taken]
        if member.source is EventSource.UNPINNED and member.cursor >= self._recent.base:
            member.update_sequence(self._recent)
        if query is not None:
            self._reports.questions.append(query)
            self._sets.change(member, MemberChange.QUERY)
        return (parts[0] if len(parts) == 1 else b"".join(parts)), events

    def _slice(self, member: Member, end: int, limit: int, slices: Slices) -> Slice:
        """Return the next slice for *member*, made once for all with the same key."""
        encoded, cursor = member.encoded, member.cursor
        is_replay = cursor < member.replay_end
        end = min(end, member.replay_end) if is_replay else end
        key = encoded, cursor, end, is_replay
        if key not in slices or len(slices[key].data) > limit:
            if is_replay:
                slices[key] = self._recent.slice_messages(encoded, cursor, end, limit)
            else:
                slices[key] = encoded.slice(cursor, end, limit)
        return slices[key]

    def _skip_discarded(self, member: Member) -> bytes:
        """Move *member* past discarded events, or let the history replace them.

        A finishing member of a dialect with sequences receives no further room events:
        it may resume, and a report of missed events would move its cursor.
        """
        if member.encoded.dialect.can_resume:
            if member.end is None:
                self._replay.replace_discarded(member)
            else:
                member.cursor = member.end
            return b""
        cursor = min(self._recent.base, self._end(member))
        count, member.cursor = cursor - member.cursor, cursor
        self._reports.missed_count += count
        missed = Missed(self._room, count, self._recent.last_discarded)
        return member.encoded.dialect.encode(missed)

    def _end(self, member: Member) -> int:
        """Return the position before which *member* receives events now."""
        return self._recent.head if member.end is None else member.end


def _encode_private(member: Member, event: PrivateEvent) -> bytes:
    """Return the bytes of a private event, which may be a message for one member."""
    if isinstance(event, Message | Erased):
        member.sequence = max(member.sequence, event.sequence)
    return member.encoded.dialect.encode(event)


def answer_events(question: Question, page: Page | Refused) -> Sequence[PrivateEvent]:
    """Return the events that answer *question* with *page*."""
    query = question.query
    assert not isinstance(query, FindMessage | FindTexts), "nothing is sent"
    if isinstance(page, Refused):
        room = None if isinstance(query, SearchRooms) else query.room
        return [page.replace(room=room or RoomName(""), about=_about(question))]
    if isinstance(query, ReadActs):
        return [ActPage(query.room, page.acts, page.has_more)]
    if isinstance(query, SearchRooms):
        return [SearchResults(None, page.messages, page.has_more)]
    room = query.room
    if question.purpose is Purpose.PAGE:
        return [HistoryPage(room, page.messages, page.has_more)]
    if question.purpose is Purpose.SEARCH:
        return [SearchResults(room, page.messages, page.has_more)]
    last = query.sequence - 1
    return [HistorySummary(room, len(page.messages), page.total, last), *page.messages]


def _about(question: Question) -> str:
    """Return the type of the line that *question* answers."""
    if isinstance(question.query, ReadActs):
        return "audit"
    return "search" if question.purpose is Purpose.SEARCH else "history"
