"""What a member that knows sequences has missed, and how it comes to hear it.

The log tells it as far as it reaches back. What is older comes from the history, page
by page as the member takes them, until the log reaches back to the last of them. Only
messages are told again: notices that were missed are not.
"""

from typing import Final

from ..events import Cursor, Joined, Missed, PrivateEvent, Refused, RoomName, Welcome
from ..limits import MAX_PAGE
from ..storage import After, Page, Purpose, Question
from .member import Member
from .recent_events import RecentEvents

AT_ONCE: Final = 0
"""The place of what is told before anything of the log is."""


class Replay:
    """Make up the answers and questions of members that catch up in one room."""

    def __init__(self, room: RoomName, log: RecentEvents) -> None:
        self._room, self._log = room, log

    def greet(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Let *member* hear *welcome*, then what lies after *cursor*, then *joined*."""
        member.welcome, member.replays_to = welcome, self._log.head
        if joined is not None:
            member.own.append((self._log.head, joined))
        if cursor is None:
            self._welcome(member, [])
        elif not _fits(cursor, welcome):
            self._welcome(member, [Missed(self._room, None, welcome.sequence)])
        else:
            self._follow(member, cursor.sequence, Purpose.GREETING)
            if not member.is_paging:
                self._welcome(member, [])

    def greet_late(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Greet *member*, which has heard a part of the log in another dialect.

        Without a *cursor* of this history it goes on behind that part, and hears
        notices, too: `welcome` says how far the part goes.
        """
        if cursor is not None and _fits(cursor, welcome):
            self.greet(member, welcome, cursor, joined)
            return
        if member.cursor >= self._log.base:
            member.heard = self._log.heard_at(member.cursor)
        member.welcome = welcome.replace(sequence=member.heard)
        if joined is not None:
            member.own.append((self._log.head, joined))
        lost = Missed(self._room, None, member.heard)
        self._welcome(member, [] if cursor is None else [lost])

    def answer(self, member: Member, question: Question, page: Page | Refused) -> None:
        """Let *member* hear *page*, the answer to its question, and then what follows.

        The question does not stand before it any more.
        """
        answers, heard = self._read(question.query.sequence, page)
        self._follow(member, heard, Purpose.REPLAY)
        if question.purpose is Purpose.GREETING:
            self._welcome(member, answers)
        else:
            _tell_first(member, answers)

    def fall_behind(self, member: Member) -> None:
        """Let *member* hear what the log forgot before it could tell.

        Notices that are lost are declared: who is here is to be asked for anew.
        """
        lost = self._log.base - member.cursor - (self._log.forgotten - member.heard)
        is_live = member.cursor >= member.replays_to
        heard = member.heard
        self._follow(member, heard, Purpose.REPLAY)
        if lost and is_live:
            _tell_first(member, [Missed(self._room, lost, heard)])

    def _read(
        self, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        """Return what is told of *page*, read after *sequence*, and how far that goes.

        Where the page does not say how the messages after *sequence* go on, nobody
        knows what is missed: the member goes on from here.
        """
        last = self._log.last
        if isinstance(page, Refused):
            return [page, Missed(self._room, None, last)], last
        if not page.messages and not page.gone:
            return [Missed(self._room, None, last)], last
        sequence += page.gone
        gone = [Missed(self._room, page.gone, sequence)] if page.gone else []
        heard = page.messages[-1].sequence if page.messages else sequence
        return [*gone, *page.messages], heard

    def _follow(self, member: Member, heard: int, purpose: Purpose) -> None:
        """Let *member*, that has heard so much, go on by the log or by a page."""
        position = self._log.after(heard)
        member.heard, member.is_paging = heard, position is None
        if position is None:
            query = After(self._room, heard, self._log.last, MAX_PAGE)
            question = Question(member.session, query, purpose)
            member.own.insert(0, (AT_ONCE, question))
        else:
            member.cursor = position

    def _welcome(self, member: Member, answers: list[PrivateEvent]) -> None:
        welcome = member.welcome
        assert welcome is not None, "it is greeted"
        is_recovered = not any(isinstance(answer, Missed) for answer in answers)
        welcome = welcome.replace(is_recovered=is_recovered)
        member.welcome = None
        _tell_first(member, [welcome, *answers])


def _fits(cursor: Cursor, welcome: Welcome) -> bool:
    """Tell whether *cursor* is a place in the history that *welcome* is about."""
    return cursor.epoch == welcome.epoch and cursor.sequence <= welcome.sequence


def _tell_first(member: Member, answers: list[PrivateEvent]) -> None:
    member.own[:0] = [(AT_ONCE, answer) for answer in answers]
