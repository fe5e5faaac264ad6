"""Who has heard how much of a room's log, and what is due to whom.

Nearly everybody stands at the *front*: one cursor for all of a dialect, and one
bytes object a flush. Who has a line of its own to hear, or has come back from lagging,
walks *behind* with a cursor of its own until it has heard what the log holds. Then it
is at the front again, or has heard more and *waits* for it. Who may not be written to
is *lagging*: its cursor stands.
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
from ..storage import Page, Question
from .catch_up import CatchUp, Slices
from .member import Member
from .queued_answers import QueuedAnswers
from .recent_events import RecentEvents
from .shared_cursors import SharedCursors, Write


class Delivery:
    """The members of a room, by where they stand in its log."""

    def __init__(self, room: RoomName, log: RecentEvents, flush_bytes: int) -> None:
        self._log = log
        self._members: dict[SessionId, Member] = {}
        self._fronts = SharedCursors(log, flush_bytes)
        self._behind: dict[SessionId, Member] = {}
        self._waiting: dict[SessionId, Member] = {}
        self._lagging: dict[SessionId, Member] = {}
        self._backlogs = CatchUp(room, log, flush_bytes)
        self._settled: list[SessionId] = []
        self._finished: list[SessionId] = []
        self._is_partial = False  # the last flush left something due
        self._flushed = log.head  # what the log held then
        self.queued_answers = QueuedAnswers()

    def __contains__(self, session: SessionId) -> bool:
        return session in self._members

    def __getitem__(self, session: SessionId) -> Member:
        return self._members[session]

    def __len__(self) -> int:
        return len(self._members)

    @property
    def lagging_count(self) -> int:
        """How many members may not be written to."""
        return len(self._lagging)

    @property
    def missed_count(self) -> int:
        """Events that were forgotten before some member heard them, in total."""
        return self._backlogs.missed_count

    @property
    def has_questions(self) -> bool:
        """Whether :meth:`questions` would return any."""
        return self._backlogs.has_questions

    @property
    def backlog(self) -> int:
        """How many events the furthest behind has yet to be given."""
        apart = self._behind, self._waiting, self._lagging
        members = [member for some in apart for member in some.values()]
        cursors = self._fronts.cursors + [member.cursor for member in members]
        return self._log.head - min(cursors, default=self._log.head)

    @property
    def has_behind(self) -> bool:
        """Whether :meth:`catch_up` would do anything."""
        return bool(self._behind)

    @property
    def has_news(self) -> bool:
        """Whether there is something that not all have heard who keep up.

        Where nobody may be written to it is told all the same: the log may forget it.
        """
        return (
            self._flushed < self._log.head
            or bool(self._waiting)
            or self._fronts.are_due
        )

    @property
    def is_due(self) -> bool:
        """Whether a flush would do anything."""
        return self.has_behind or self.has_news

    @property
    def is_overdue(self) -> bool:
        """Whether the last flush had no room for all that was due, and still is."""
        return self._is_partial and self.is_due

    def add(self, session: SessionId, dialect: Dialect) -> None:
        """Know *session*; it hears nothing until it is placed."""
        tape = self._fronts.open(dialect)
        self._members[session] = Member(session, tape, self._log.head)

    def start(self, session: SessionId) -> None:
        """Let *session* hear what the log tells from now on."""
        member = self._members[session]
        member.cursor, member.is_placed = self._log.head, True
        if session in self._lagging:
            return
        if member.own or member.end is not None:
            self._behind[session] = member
        else:
            self._stand(member)

    def greet(
        self,
        session: SessionId,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Let *session* hear the log from now on, after what `Replay.greet` says."""
        self.start(session)
        member = self._members[session]
        self._step_out(member)
        self._backlogs.greet(member, welcome, cursor, joined)

    def upgrade(
        self,
        session: SessionId,
        dialect: Dialect,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        """Let *session* hear what it was not given yet in another *dialect*.

        See `Replay.greet_late`.
        """
        member = self._members[session]
        self._step_out(member)
        member.tape = self._fronts.open(dialect)
        self._backlogs.greet_late(member, welcome, cursor, joined)

    def remove(self, session: SessionId) -> None:
        """Forget a member; it is told nothing more."""
        member = self._members.pop(session)
        self.queued_answers.clear(member.session)
        self._fronts.let_go(member)
        for apart in (self._behind, self._waiting, self._lagging):
            apart.pop(session, None)

    def tell(self, session: SessionId, *answers: PrivateEvent | Question) -> None:
        """Let a member alone hear *answers*, after what the log holds by now."""
        member = self._members[session]
        if member.end is not None:
            return
        self._step_out(member)
        head = self._log.head
        member.own.extend((head, answer) for answer in answers)
        if answers and (len(answers) > 1 or isinstance(answers[0], Users)):
            self.queued_answers.add(member.session, answers)

    def questions(self) -> list[Question]:
        """Return what members have come to that has to be read, a turn's share."""
        return self._backlogs.questions()

    def answer(self, question: Question, page: Page | Refused) -> None:
        """Put an answer in the place of the question that a member has come to.

        Who may not be written to comes to the question again later: no answer waits
        in memory for one who does not read.
        """
        member = self._members[question.session]
        if member.session in self._lagging:
            member.is_asking = False
            return
        self._backlogs.answer(member, question, page)
        if isinstance(page, Page):
            self.queued_answers.add(member.session, page.messages)
        self._behind[member.session] = member

    def finish(self, session: SessionId) -> None:
        """Let a member hear what the log holds by now, and then no more."""
        member = self._members[session]
        if member.end is None:
            self._step_out(member)
            member.end = self._log.head

    def finish_all(self) -> None:
        """Let everybody hear what the log holds by now, and then no more."""
        for session in self._members:
            self.finish(session)

    def pause_writing(self, session: SessionId) -> None:
        """Let a member that may not be written to lag from here."""
        member = self._members[session]
        self._step_out(member)
        self._let_lag(member)
        self._behind.pop(session, None)
        self._lagging[session] = member

    def resume_writing(self, session: SessionId) -> None:
        """Let a member that lagged hear again."""
        member = self._lagging.pop(session, None)
        if member is not None:
            self._behind[session] = member

    def answered(self) -> list[SessionId]:
        """Return who has been given all that it was owed, since the last call."""
        settled, self._settled = self._settled, []
        return settled

    def finished(self) -> list[SessionId]:
        """Return who has been given everything up to its end, since the last call."""
        finished, self._finished = self._finished, []
        return finished

    def flush(self) -> list[Write]:
        """Return what is due, and move the cursors as if it had been written.

        Nothing is forgotten that one who has not lagged has yet to hear. One who has
        may find that the log did not wait. Who is owed something of its own comes
        first: it waits for that, and can say the next while the others are told.
        """
        log = self._log
        log.encode()
        told = self._fronts.flush()
        self._behind.update(self._waiting)
        self._waiting.clear()
        deliveries = self.catch_up() + told
        apart = (*self._behind.values(), *self._waiting.values())
        cursors = [member.cursor for member in apart if member.is_waited_for]
        furthest = min(self._fronts.cursors + cursors, default=0)
        self._flushed, self._is_partial = log.head, furthest < log.head
        log.forget_before(furthest)
        return deliveries

    def catch_up(self) -> list[Write]:
        """Return what is due to those behind, as :meth:`flush` does; the others wait.

        So one who is greeted or answered does not make everybody hear a notice alone.
        """
        if not self._behind:
            return []
        self._log.encode()
        deliveries: dict[int, Write] = {}  # by the identity of their bytes
        cuts: Slices = {}
        for member in list(self._behind.values()):
            had_own = bool(member.own)
            data, events = self._backlogs.take(member, cuts)
            if self.queued_answers.size and (member.is_asking or not member.own):
                self.queued_answers.clear(member.session)
            if had_own and not member.undelivered:
                self._settled.append(member.session)
            if data:
                delivery = deliveries.setdefault(id(data), Write(data, [], events))
                delivery.sessions.append(member.session)
            self._place(member)
        return list(deliveries.values())

    def _place(self, member: Member) -> None:
        """Let a member that was behind end, stand or wait, or leave it behind."""
        if member.is_asking:
            self._let_lag(member)
            del self._behind[member.session]  # until it is answered
            return
        if member.own:
            return
        if member.end is not None:
            if member.cursor >= member.end:
                del self._behind[member.session]
                self._finished.append(member.session)
            return
        if member.cursor < member.replays_to:
            return
        if member.cursor in (self._fronts.of(member).cursor, self._log.head):
            del self._behind[member.session]
            self._stand(member)

    def _stand(self, member: Member) -> None:
        """Put a member that has heard as much at the front, or let it wait for that."""
        member.has_lagged = False
        front = self._fronts.of(member)
        at = front.members if member.cursor == front.cursor else self._waiting
        at[member.session] = member

    def _let_lag(self, member: Member) -> None:
        """Know how far a member has heard that the log will not wait for."""
        if member.is_waited_for:
            member.heard = self._log.heard_at(member.cursor)
        member.has_lagged = True

    def _step_out(self, member: Member) -> None:
        """Give a member that stands at the front, or waits, a way of its own."""
        is_waiting = self._waiting.pop(member.session, None) is not None
        if is_waiting or self._fronts.let_go(member):
            self._behind[member.session] = member
