"""What one member that does not stand at the front hears next, own and common."""

from collections.abc import Sequence
from typing import Final

from ..events import (
    Cursor,
    HistoryPage,
    HistorySummary,
    Joined,
    Missed,
    PrivateEvent,
    Refused,
    RoomName,
    SearchResults,
    Welcome,
)
from ..storage import Page, Purpose, Question
from .member import Member
from .recent_events import EncodedEvents, RecentEvents, Slice
from .replay import Replay

MAX_ASKED: Final = 16  # questions to the history in one turn: a page takes about 1 ms

Slices = dict[tuple[EncodedEvents, int, int, bool], Slice]
"""Parts of the log by tape, cursor, end, and whether without notices."""


class CatchUp:
    """Give members what they are due, a flush's worth at a time."""

    def __init__(self, room: RoomName, log: RecentEvents, flush_bytes: int) -> None:
        self._room, self._log, self._flush_bytes = room, log, flush_bytes
        self._replay = Replay(room, log)
        self._questions: list[Question] = []
        self.missed_count = 0
        """Events that were forgotten before some member heard them, in total."""

    @property
    def has_questions(self) -> bool:
        """Whether members have come to questions that were not returned yet."""
        return bool(self._questions)

    def questions(self) -> list[Question]:
        """Return the next of the questions that members have come to, each once."""
        questions = self._questions[:MAX_ASKED]
        del self._questions[:MAX_ASKED]
        return questions

    def greet(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """See `Replay.greet`."""
        self._replay.greet(member, welcome, cursor, joined)

    def greet_late(
        self,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """See `Replay.greet_late`."""
        self._replay.greet_late(member, welcome, cursor, joined)

    def answer(self, member: Member, question: Question, page: Page | Refused) -> None:
        """Put *page* in the place of the question that *member* has come to."""
        position, _ = member.own.pop(0)
        member.is_asking = False
        if question.purpose in {Purpose.GREETING, Purpose.REPLAY}:
            self._replay.answer(member, question, page)
        else:
            answers = _answers(self._room, question, page)
            member.own[:0] = [(position, answer) for answer in answers]

    def take(self, member: Member, cuts: Slices) -> tuple[bytes, int]:
        """Return what *member* hears now, in order, and how many events of the room.

        *cuts* are shared by all who are given something in one flush.
        """
        parts: list[bytes] = []
        events, left, own = 0, self._flush_bytes, member.own
        given = 0  # of its own, taken out all at once: there may be thousands
        while left > 0:
            if given < len(own) and own[given][0] <= member.cursor:
                answer = own[given][1]
                if isinstance(answer, Question):
                    self._ask(member, answer)
                    break
                part = member.tape.dialect.encode(answer)
                given += 1
            elif member.cursor < min(self._log.base, self._stop(member)):
                del own[:given]
                given = 0
                part = self._gap(member)  # after the answers that stand before it
            else:
                stop = own[given][0] if given < len(own) else self._stop(member)
                if member.cursor >= stop:
                    break
                part, member.cursor, count = self._cut(member, stop, left, cuts)
                events += count
            parts.append(part)
            left -= len(part)
        del own[:given]
        is_known = not member.is_paging and member.cursor >= self._log.base
        if member.has_lagged and is_known:
            member.heard = self._log.heard_at(member.cursor)
        return (parts[0] if len(parts) == 1 else b"".join(parts)), events

    def _ask(self, member: Member, question: Question) -> None:
        if not member.is_asking:
            member.is_asking = True
            self._questions.append(question)

    def _cut(self, member: Member, stop: int, limit: int, cuts: Slices) -> Slice:
        """Return what the log has for *member*, once for all who stand there."""
        tape, cursor = member.tape, member.cursor
        is_replay = cursor < member.replays_to
        stop = min(stop, member.replays_to) if is_replay else stop
        key = tape, cursor, stop, is_replay
        if key not in cuts or len(cuts[key].data) > limit:
            if is_replay:
                cuts[key] = self._log.cut_messages(tape, cursor, stop, limit)
            else:
                cuts[key] = tape.cut(cursor, stop, limit)
        return cuts[key]

    def _gap(self, member: Member) -> bytes:
        """Leave out what the log has forgotten, or have it read from the history.

        One that is over and may come back hears no more of the log: its cursor stands
        where it last heard a message, and a gap that is told would move it.
        """
        if member.tape.dialect.resumes:
            if member.end is None:
                self._replay.fall_behind(member)
            else:
                member.cursor = member.end
            return b""
        until = min(self._log.base, self._stop(member))
        gone, member.cursor = until - member.cursor, until
        self.missed_count += gone
        missed = Missed(self._room, gone, self._log.forgotten)
        return member.tape.dialect.encode(missed)

    def _stop(self, member: Member) -> int:
        return self._log.head if member.end is None else member.end


def _answers(
    room: RoomName, question: Question, page: Page | Refused
) -> Sequence[PrivateEvent]:
    """Return what *page* is to the member that asked for it."""
    if isinstance(page, Refused):
        return [page]
    if question.purpose is Purpose.PAGE:
        return [HistoryPage(room, page.messages, page.more)]
    if question.purpose is Purpose.FOUND:
        return [SearchResults(room, page.messages, page.more)]
    said = question.query.sequence - 1
    return [HistorySummary(room, len(page.messages), page.total, said), *page.messages]
