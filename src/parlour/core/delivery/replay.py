"""Replay: the messages that a member missed, for dialects with sequences.

A member that resumes with a cursor, or that lagged until its next events were
discarded, receives the messages after its last one. They come from the recent events
or, if these do not reach back far enough, from pages of the history until they do.
Notices are not replayed.
"""

from typing import Final

from ..events import Cursor, Joined, Missed, PrivateEvent, Refused, RoomName, Welcome
from ..limits import MAX_PAGE
from ..storage import After, Page, Purpose, SessionQuery
from .member import Member
from .member_state import EventSource
from .recent_events import RecentEvents

FIRST: Final = 0  # position of private events that precede all room events


class Replay:
    """The replays of one room."""

    def __init__(self, room: RoomName, recent: RecentEvents) -> None:
        self._room, self._recent = room, recent

    def start(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Queue *welcome*, the messages after *cursor*, and *joined* for *member*.

        Without a *cursor* of this history, no message is replayed.
        """
        member.welcome, member.replay_end = welcome, self._recent.head
        if joined is not None:
            member.private_events.append((self._recent.head, joined))
        if cursor is None:
            self._welcome(member, [])
        elif not _is_in_history(cursor, welcome):
            self._welcome(member, [Missed(self._room, None, welcome.sequence)])
        else:
            self._continue_after(member, cursor.sequence, Purpose.WELCOME)
            if member.source is not EventSource.HISTORY:
                self._welcome(member, [])

    def upgrade(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Do what `start` does for a member that received events in another dialect.

        Without a *cursor* of this history, it continues after those events, notices
        included, and the welcome has the sequence of the last of them.
        """
        if cursor is not None and _is_in_history(cursor, welcome):
            self.start(member, welcome, cursor, joined)
            return
        if member.cursor >= self._recent.base:
            member.sequence = self._recent.sequence_before(member.cursor)
        member.welcome = welcome.replace(sequence=member.sequence)
        if joined is not None:
            member.private_events.append((self._recent.head, joined))
        missed = Missed(self._room, None, member.sequence)
        self._welcome(member, [] if cursor is None else [missed])

    def answer(self, member: Member, query: SessionQuery, page: Page | Refused) -> None:
        """Queue *page*, the answer to a *query* of a replay, and the events after it.

        The query must have been removed from the private events.
        """
        events, sequence = self._read_page(query.query.sequence, page)
        self._continue_after(member, sequence, Purpose.REPLAY)
        if query.purpose is Purpose.WELCOME:
            self._welcome(member, events)
        else:
            _queue_first(member, events)

    def replace_discarded(self, member: Member) -> None:
        """Query the messages that were discarded before *member* received them.

        Discarded notices are reported as missed, so that the client lists the users
        again.
        """
        discarded = self._recent.base - member.cursor
        notices = discarded - (self._recent.last_discarded - member.sequence)
        is_replay = member.cursor < member.replay_end
        sequence = member.sequence
        self._continue_after(member, sequence, Purpose.REPLAY)
        if notices and not is_replay:
            _queue_first(member, [Missed(self._room, notices, sequence)])

    def _read_page(
        self, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        """Return the events for *page*, read after *sequence*, and its last sequence.

        If there is no page, or an empty one, the number of missed messages is
        unknown, and the replay ends at the last message of the room.
        """
        last = self._recent.last_sequence
        if isinstance(page, Refused):
            return [page, Missed(self._room, None, last)], last
        if not page.messages and not page.expired:
            return [Missed(self._room, None, last)], last
        sequence += page.expired
        missed = [Missed(self._room, page.expired, sequence)] if page.expired else []
        end = page.messages[-1].sequence if page.messages else sequence
        return [*missed, *page.messages], end

    def _continue_after(self, member: Member, sequence: int, purpose: Purpose) -> None:
        """Set the source of the events after *sequence*: recent events or a page."""
        member.sequence = sequence
        position = self._recent.position_after(sequence)
        if position is None:
            member.source = EventSource.HISTORY
            query = After(self._room, sequence, self._recent.last_sequence, MAX_PAGE)
            session_query = SessionQuery(member.session, query, purpose)
            member.private_events.insert(0, (FIRST, session_query))
        else:
            member.cursor = position
            if member.source is EventSource.HISTORY:
                member.source = EventSource.UNPINNED

    def _welcome(self, member: Member, events: list[PrivateEvent]) -> None:
        """Queue the welcome of *member* and *events* before everything else."""
        welcome = member.welcome
        assert welcome is not None, "start() or upgrade() has set it"
        is_recovered = not any(isinstance(event, Missed) for event in events)
        welcome = welcome.replace(is_recovered=is_recovered)
        member.welcome = None
        _queue_first(member, [welcome, *events])


def _is_in_history(cursor: Cursor, welcome: Welcome) -> bool:
    """Return whether *cursor* is in the history that *welcome* describes."""
    return cursor.epoch == welcome.epoch and cursor.sequence <= welcome.sequence


def _queue_first(member: Member, events: list[PrivateEvent]) -> None:
    member.private_events[:0] = [(FIRST, event) for event in events]
