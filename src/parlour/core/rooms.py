"""A room: what happens in it, in order; who is in it; what they hear."""

from collections.abc import Sequence
from typing import assert_never

from .crowd import Crowd, Delivery, Member
from .dialect import Dialect
from .events import (
    Answer,
    Before,
    Draft,
    Joined,
    Kept,
    Left,
    Message,
    Outcome,
    Page,
    Question,
    Recap,
    Refused,
    Renamed,
    RoomName,
    SessionId,
    Unkept,
    Users,
)
from .limits import USERS_PAGE, Limits
from .log import Log
from .pending import Count, Depart, Enter, Pending, Recall, Rename, Step, Stop, Tell

NOTICE_WAIT = 5e-6  # seconds per member: about what telling them costs


class Room:
    """A named place with members and a log.

    Things happen in the order in which they are said: :meth:`say` and :meth:`add`
    queue them, and what stands before the first draft is done at once. The roster
    and the log only ever show what was done.
    """

    def __init__(self, name: RoomName, limits: Limits, head: int = 0) -> None:
        self.name = name
        self.log = Log(limits.log_bytes)
        self.crowd = Crowd(name, self.log, limits.flush_bytes)
        self.pending = Pending()
        self.shown = head
        """Sequence of the last message that the room was told of."""
        self.keeps = True
        """Whether the last batch was recorded."""
        self.roster: dict[SessionId, str] = {}
        self._questions: list[Question] = []
        self._urgent = False  # something besides notices waits to be flushed
        self._notices_since: float | None = None

    def enter(self, session: SessionId, name: str, dialect: Dialect) -> None:
        """Let *session* be a member called *name*."""
        self.crowd.add(session, dialect)
        self.add(Enter(session, name))

    def say(self, drafts: list[Draft]) -> None:
        """Queue what a member said for the history."""
        self.pending.say(drafts)

    def add(self, step: Step) -> None:
        """Let *step* happen after all that was queued before it."""
        if isinstance(step, Tell | Recall | Count) and step.session in self.crowd:
            self.crowd[step.session].queued += 1
        self.pending.add(step)
        for ready in self.pending.ready():
            self._take(ready)

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the room what its batch of drafts has become.

        It hears of every message once: not again of what was recorded before.
        """
        if not self.keeps:
            self.keeps = True
            self.log.append(Kept(self.name))
        for part in self.pending.settle(outcomes):
            if isinstance(part, list):
                self._tell_all([each for each in part if isinstance(each, Message)])
            else:
                self._take(part)

    def refused(self, refusals: list[Tell], reason: str) -> None:
        """Tell the members whose drafts were not recorded, and all when that begins."""
        if self.keeps:
            self.keeps = False
            self.log.append(Unkept(self.name, reason))
        for refusal in refusals:
            if refusal.session in self.crowd:
                self.crowd[refusal.session].queued += 1
        for part in self.pending.settle(refusals):
            for step in part if isinstance(part, list) else [part]:
                self._take(step)

    def questions(self) -> list[Question]:
        """Return what is to be asked of the history, since the last call."""
        questions, self._questions = self._questions, []
        return questions

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Give the asker of *question* its answer, or the reason why there is none."""
        if question.session not in self.crowd:
            return
        if isinstance(page, Refused):
            self.crowd.answer(question.session, [page])
        else:
            shown, said = len(page.messages), question.query.sequence - 1
            recap = Recap(self.name, shown, page.total, said)
            self.crowd.answer(question.session, [recap, *page.messages])
        self._urgent = True

    def due(self, now: float) -> float | None:
        """Return when a flush is due: *now*, later if only notices wait, or never."""
        if not self.crowd.is_due:
            return None
        if self._urgent:
            return now
        if self._notices_since is None:
            self._notices_since = now
        return self._notices_since + NOTICE_WAIT * len(self.crowd)

    def flush(self) -> list[Delivery]:
        """Return what is due to whom; see :meth:`Crowd.flush`."""
        deliveries = self.crowd.flush()
        if not self.crowd.is_due:
            self._urgent, self._notices_since = False, None
        return deliveries

    def resume(self, session: SessionId) -> None:
        """Let a member that lagged hear again."""
        self.crowd.resume(session)
        self._urgent = True

    def _tell_all(self, messages: list[Message]) -> None:
        if messages:
            self.log.extend(messages)
            self.shown = messages[-1].sequence
            self._urgent = True

    def _take(self, step: Step) -> None:
        """Let *step* happen."""
        match step:
            case Enter(session, name):
                self.roster[session] = name
                if session in self.crowd:
                    self.crowd.place(session)
                self.log.append(Joined(self.name, name))
            case Rename(session, name):
                self.log.append(Renamed(self.name, self.roster[session], name))
                self.roster[session] = name
            case Depart():
                self._depart(step)
            case Stop(bye):
                self.log.append(bye)
                self.crowd.finish_all()
                self._urgent = True
            case Tell(session, event):
                self._tell(session, event)
            case Recall(session, limit):
                # Capped at what the room was told, so that nothing comes twice.
                query = Before(self.name, self.shown + 1, limit)
                question = Question(session, query)
                if self._tell(session, question):
                    self._questions.append(question)
            case Count(session):
                self._tell(session, *self._users())
            case _:
                assert_never(step)

    def _depart(self, step: Depart) -> None:
        session = step.session
        if session in self.crowd:
            if step.bye is not None:
                self.crowd.tell(session, step.bye)
            self.crowd.finish(session)
            self._urgent = True
        name = self.roster.pop(session, None)
        if name is not None:
            self.log.append(Left(self.name, name, step.reason))

    def _tell(self, session: SessionId, *answers: Answer | Question) -> bool:
        if session not in self.crowd:
            return False  # it went away meanwhile
        member: Member = self.crowd[session]
        member.queued -= 1
        self.crowd.tell(session, *answers)
        self._urgent = True
        return True

    def _users(self) -> list[Users]:
        names = sorted(self.roster.values())
        return [
            Users(self.name, tuple(names[i : i + USERS_PAGE]), i + 1, len(names))
            for i in range(0, len(names), USERS_PAGE)
        ]
