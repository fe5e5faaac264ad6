"""Replay: the messages that a member missed, for dialects with sequences.

A member that resumes with a cursor, or that lagged until its next events were
discarded, receives the messages after its last one. They come from the recent events
or, if these do not reach back far enough, from pages of the history until they do.
Erasures are replayed like messages; notices are not. A direct room that is not kept has
no history: its discarded messages are reported as missed.
"""

from typing import Final

from ..events import (
    Message,
    Missed,
    PrivateEvent,
    Refused,
    RoomName,
)
from ..limits import MAX_PAGE
from ..storage import After, Page, Purpose, Question
from .member import Member
from .member_state import EventSource
from .opening import Opening
from .recent_events import RecentEvents
from .reports import DeliveryReports, Resumption

FIRST: Final = 0  # position of private events that precede all room events


class Replay:
    """The replays of one room."""

    def __init__(
        self,
        room: RoomName,
        recent: RecentEvents,
        reports: DeliveryReports,
        *,
        is_kept: bool,
    ) -> None:
        self._room, self._recent, self._is_kept = room, recent, is_kept
        self._reports = reports

    def start(self, member: Member, opening: Opening) -> None:
        """Queue the first event for *member*, and the messages that it missed.

        Without a cursor of this history, no message is replayed.
        """
        member.opening = opening
        self._end_replay(member, self._recent.head)
        self._queue_joined(member, opening)
        if opening.cursor is None:
            self._open(member, [])
        elif not opening.has_cursor:
            self._open(member, [Missed(self._room, None, opening.info.sequence)])
        elif self._is_lost(opening.cursor.sequence):
            self._open(member, [self._skip_lost(member)])
        else:
            self._continue_after(member, opening.cursor.sequence, Purpose.OPENING)
            if member.source is not EventSource.HISTORY:
                self._open(member, [])

    def upgrade(self, member: Member, opening: Opening) -> None:
        """Do what `start` does for a member that received events in another dialect.

        Without a cursor of this history, it continues after those events, notices
        included, and its first event has the sequence of the last of them.
        """
        if opening.has_cursor:
            self.start(member, opening)
            return
        if member.cursor >= self._recent.base:
            member.update_sequence(self._recent)
        info = opening.info.replace(sequence=member.sequence)
        member.opening = opening._replace(info=info)
        self._queue_joined(member, opening)
        missed = Missed(self._room, None, member.sequence)
        self._open(member, [] if opening.cursor is None else [missed])

    def answer(self, member: Member, query: Question, page: Page | Refused) -> None:
        """Queue *page*, the answer to a *query* of a replay, and the events after it.

        The query must have been removed from the private events.
        """
        assert isinstance(query.query, After), "a replay asks for nothing else"
        events, sequence = self._read_page(query.query, page)
        self._continue_after(member, sequence, Purpose.REPLAY)
        self._report_skipped(member)
        if query.purpose is Purpose.OPENING:
            self._open(member, events)
        else:
            _queue_first(member, events)

    def replace_discarded(self, member: Member) -> None:
        """Query the messages that were discarded before *member* received them.

        Discarded notices are reported as missed, so that the client lists the users
        again.
        """
        recent = self._recent
        messages = recent.discarded_messages - member.message_count
        if not self._is_kept:
            skip = self._skip_lost if messages else self._skip_lost_notices
            _queue_first(member, [skip(member)])
            return
        notices = recent.base - member.cursor - messages
        is_replay = member.cursor < member.replay_end
        sequence = member.sequence
        self._continue_after(member, sequence, Purpose.REPLAY)
        if not is_replay:
            self._end_replay(member, recent.base)
            if notices:
                _queue_first(member, [Missed(self._room, notices, sequence)])

    def _is_lost(self, sequence: int) -> bool:
        """Return whether messages after *sequence* were discarded, and not kept."""
        return not self._is_kept and self._recent.position_after(sequence) is None

    def _skip_lost(self, member: Member) -> Missed:
        """Move *member* past the discarded events of a direct room.

        A message for this member alone is not among them; it keeps its place.
        """
        recent = self._recent
        member.cursor, last = recent.base, recent.last_discarded
        for position, event in member.private_events:
            if isinstance(event, Message) and position < member.cursor:
                member.cursor, last = position, event.sequence - 1
                break
        member.sequence = max(member.sequence, last)
        return Missed(self._room, None, member.sequence)

    def _skip_lost_notices(self, member: Member) -> Missed:
        """Move *member* past discarded events of a direct room without messages."""
        notices = self._recent.base - member.cursor
        member.cursor = self._recent.base
        return Missed(self._room, notices, member.sequence)

    def _end_replay(self, member: Member, position: int) -> None:
        """Set the position from which on a member is to receive notices."""
        member.replay_end = position
        member.replay_messages = self._recent.messages_before(position)

    def _report_skipped(self, member: Member) -> None:
        """Report the notices between the end of a replay and the next event as missed.

        They were discarded while the history was read.
        """
        events = member.cursor - member.replay_end
        if member.source is EventSource.HISTORY or events <= 0:
            return
        if notices := events - (member.message_count - member.replay_messages):
            _queue_first(member, [Missed(self._room, notices, member.sequence)])

    def _read_page(
        self, query: After, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        """Return the events for *page*, the answer to *query*, and its last sequence.

        If there is no page, or an empty one, the number of missed messages is
        unknown. In that case, and if all messages of the query are expired, the replay
        continues after them: private events for the member may follow them.
        """
        if isinstance(page, Refused):
            refused = page.replace(room=self._room)
            return [refused, Missed(self._room, None, query.head)], query.head
        found = page.sequenced
        if not found and not page.expired:
            return [Missed(self._room, None, query.head)], query.head
        start = found[0].sequence - 1 if found else query.head
        missed = [Missed(self._room, page.expired, start)] if page.expired else []
        end = found[-1].sequence if found else start
        return [*missed, *found], end

    def _continue_after(self, member: Member, sequence: int, purpose: Purpose) -> None:
        """Set the source of the events after *sequence*: recent events or a page."""
        member.sequence = sequence
        position = self._recent.position_after(sequence)
        if position is None:
            member.source = EventSource.HISTORY
            last = self._recent.last_sequence
            query = After(self._room, sequence, last, MAX_PAGE, has_erasures=True)
            question = Question(member.connection, query, purpose)
            member.private_events.insert(0, (FIRST, question))
        else:
            member.cursor = position
            member.message_count = self._recent.messages_before(position)
            if member.source is EventSource.HISTORY:
                member.source = EventSource.UNPINNED

    def _queue_joined(self, member: Member, opening: Opening) -> None:
        if opening.joined is not None:
            member.private_events.append((self._recent.head, opening.joined))

    def _open(self, member: Member, events: list[PrivateEvent]) -> None:
        """Queue the first event of *member*, and *events*, before everything else."""
        opening = member.opening
        assert opening is not None, "start() or upgrade() has set it"
        is_recovered = not any(isinstance(event, Missed) for event in events)
        member.opening = None
        if opening.is_resumption:
            self._count(opening, is_recovered=is_recovered)
        _queue_first(member, [opening.event(is_recovered=is_recovered), *events])

    def _count(self, opening: Opening, *, is_recovered: bool) -> None:
        """Count how a client continues from its cursor."""
        result: Resumption = "complete" if is_recovered else "gap"
        self._reports.resumptions[result if opening.has_cursor else "none"] += 1


def _queue_first(member: Member, events: list[PrivateEvent]) -> None:
    member.private_events[:0] = [(FIRST, event) for event in events]
