"""A room: what happens in it, in order; who is in it; what they hear."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from ..delivery.delivery import Delivery
from ..delivery.member import Member
from ..delivery.member_state import JOINING_STATES
from ..delivery.recent_events import RecentEvents
from ..delivery.shared_cursors import Write
from ..events import (
    Bye,
    Cursor,
    Joined,
    Left,
    Message,
    PrivateEvent,
    Refused,
    Renamed,
    RoomName,
    SessionId,
    Snapshot,
    StorageFailed,
    StorageRecovered,
    Stored,
    User,
    Welcome,
)
from ..limits import Limits
from ..protocol.dialect import Dialect
from ..storage import After, Draft, HistoryExtent, Outcome, Page, Query, Question
from .pending import PendingQueue
from .roster import Roster
from .steps import (
    CloseRoom,
    JoinRoom,
    LeaveRoom,
    QueryHistory,
    QueryUsers,
    RenameMember,
    SendPrivate,
    StartSession,
    Step,
)

NOTICE_WAIT = 5e-6  # seconds per member: about what telling them costs

CAME_BACK = "came_back"  # why an address left that turned out to be a known session
WATCHES = "watching"  # why a member left that only watches
REPLACED = Bye("replaced", "you have come back by another connection")


class Room:
    """A named place with members and recent events.

    :meth:`add_drafts` and :meth:`add` queue what happens, in order. Steps with no
    draft before them are taken at once. The roster and the recent events show only
    the steps that were taken and the messages that were recorded.
    """

    def __init__(self, name: RoomName, limits: Limits, reach: HistoryExtent) -> None:
        self.name = name
        self._limits, self._epoch = limits, reach.epoch
        self.recent_events = RecentEvents(limits.log_bytes, reach.head)
        self.delivery = Delivery(name, self.recent_events, limits.flush_bytes)
        self.pending = PendingQueue()
        self.is_recording = True
        """Whether the last batch was recorded."""
        self.roster = Roster(name)
        self._ahead: list[Cursor] = []
        self.has_undelivered = False
        """Whether something that may not wait has yet to be told: all but notices."""
        self._notices_since: float | None = None

    @property
    def last_sequence(self) -> int:
        """Sequence of the last message that the room was told of."""
        return self.recent_events.last_sequence

    def snapshot(self) -> Snapshot:
        """Return what is so now."""
        users = tuple(self.roster.sorted_users())
        return Snapshot(users, self._epoch, self.last_sequence)

    def admit(self, step: JoinRoom | StartSession, dialect: Dialect) -> None:
        """Let a session hear the room, as *step* says."""
        self.delivery.add(step.session, dialect)
        self.add(step)

    def add_drafts(self, drafts: list[Draft]) -> None:
        """Queue what a member said for the history."""
        self.pending.add_drafts(drafts)

    def add(self, step: Step) -> None:
        """Let *step* happen after all that was queued before it."""
        if (
            isinstance(step, SendPrivate | QueryHistory | QueryUsers)
            and step.session in self.delivery
        ):
            self.delivery[step.session].pending_answers += 1
        self.pending.add(step)
        for ready in self.pending.ready():
            self._take(ready)

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the room what its batch of drafts has become.

        It hears of every message once: not again of what was recorded before.
        """
        if not self.is_recording:
            self.is_recording = True
            self.recent_events.append(StorageRecovered(self.name))
        settled = list(map(_Settled, self.pending.in_flight, outcomes))
        for part in self.pending.settle(settled):
            if isinstance(part, list):
                self._tell_all(part)
            else:
                self._take(part)

    def refused(self, refusals: list[SendPrivate], reason: str) -> None:
        """Tell the members whose drafts were not recorded, and all when that begins."""
        if self.is_recording:
            self.is_recording = False
            self.recent_events.append(StorageFailed(self.name, reason))
        for refusal in refusals:
            if refusal.session in self.delivery:
                self.delivery[refusal.session].pending_answers += 1
        for part in self.pending.settle(refusals):
            for step in part if isinstance(part, list) else [part]:
                self._take(step)

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Give the asker of *question* its answer, or the reason why there is none."""
        if question.session in self.delivery:
            self.delivery.answer(question, page)

    def cursors_ahead(self) -> list[Cursor]:
        """Return cursors that were ahead of all that is kept, since the last call.

        Either the history has lost messages that were told, or a client lies.
        """
        ahead, self._ahead = self._ahead, []
        return ahead

    def flush_time(self, now: float) -> float | None:
        """Return when a flush is due: *now*, later if only notices wait, or never."""
        due = self._news_due(now)
        return now if self.delivery.is_any_catching_up else due

    def flush(self, now: float) -> list[Write]:
        """Return what is due to whom: see `Delivery.flush`."""
        due = self._news_due(now)
        if due is None or due > now:
            return self.delivery.catch_up()
        deliveries = self.delivery.flush()
        if not self.delivery.is_incomplete:
            self.has_undelivered, self._notices_since = False, None
        return deliveries

    def _news_due(self, now: float) -> float | None:
        """Return when all are to be told what is new, or None: nothing is."""
        if self.has_undelivered:
            return now
        if not self.delivery.has_new_events:
            self._notices_since = None
            return None
        if self._notices_since is None:
            self._notices_since = now
        return self._notices_since + NOTICE_WAIT * len(self.delivery)

    def _tell_all(self, settled: list["_Settled"]) -> None:
        """Tell the room what is new, and before that each sender that it is stored.

        Nothing is told between two messages, so all who hear them share their bytes.
        """
        for draft, outcome in settled:
            if draft.id is not None and draft.session in self.delivery:
                stored = Stored(draft.id, self.name, outcome.sequence)
                self.delivery.send_private(draft.session, stored)
        fresh = [word for _, word in settled if isinstance(word, Message)]
        if fresh:
            self.recent_events.extend(fresh)
        self.has_undelivered = True

    def _take(self, step: Step) -> None:
        """Let *step* happen."""
        match step:
            case JoinRoom(session, user):
                self._enter(session, user)
            case StartSession():
                self._greet(step)
            case RenameMember(session, name):
                user = self.roster[session]
                self.recent_events.append(Renamed(self.name, user.name, name))
                self.roster[session] = User(name, user.since)
            case LeaveRoom():
                self._depart(step)
            case CloseRoom(bye):
                self.recent_events.append(bye)
                self.delivery.finish_all()
                self.has_undelivered = True
            case SendPrivate(session, event):
                self._tell(session, event)
            case QueryHistory(session, query, purpose):
                capped = _capped(query, self.last_sequence)
                self._tell(session, Question(session, capped, purpose))
            case QueryUsers(session):
                self._tell(session, *self.roster.user_pages())
            case _:
                assert_never(step)

    def _enter(self, session: SessionId, user: User) -> None:
        self.roster[session] = user
        if session in self.delivery and self.delivery[session].state in JOINING_STATES:
            self.delivery.start(session)
        self.recent_events.append(Joined(self.name, user.name))

    def _greet(self, step: StartSession) -> None:
        session, user = step.session, step.user
        admitted = self.roster.remove(session) if step.dialect else None
        if step.returns is not None:
            if step.returns in self.delivery:
                self.delivery.send_private(step.returns, REPLACED)
                self.delivery.finish(step.returns)
            user = self.roster.remove(step.returns)
        elif user is not None and admitted is not None:
            user = admitted
        elif user is not None:
            self.recent_events.append(Joined(self.name, user.name))
        if user is not None:
            self.roster[session] = user
        if admitted not in (None, user):
            why = CAME_BACK if user else WATCHES
            self.recent_events.append(Left(self.name, admitted.name, why))
        if session in self.delivery:
            self._tell_welcome(step, user.name if user else "")
        if (
            (cursor := step.cursor)
            and cursor.epoch == self._epoch
            and cursor.sequence > self.last_sequence
        ):
            self._ahead.append(cursor)

    def _tell_welcome(self, step: StartSession, name: str) -> None:
        """Greet a session that is called *name*; one that only watches has none."""
        welcome, joined = self._welcome(name), Joined(self.name, name) if name else None
        if step.dialect is None:
            self.delivery.start_session(step.session, welcome, step.cursor, joined)
        else:  # unless it comes back it hears, or has heard, how it was admitted
            joined = joined if step.cursor or step.returns else None
            self.delivery.upgrade_session(
                step.session, step.dialect, welcome, step.cursor, joined
            )

    def _welcome(self, name: str) -> Welcome:
        return Welcome(
            name=name,
            room=self.name,
            epoch=self._epoch,
            sequence=self.last_sequence,
            is_recovered=True,
            max_line=self._limits.max_line,
            max_text=self._limits.max_text,
        )

    def _depart(self, step: LeaveRoom) -> None:
        session = step.session
        if session in self.delivery:
            if step.bye is not None:
                self.delivery.send_private(session, step.bye)
            self.delivery.finish(session)
        user = None if step.is_held else self.roster.remove(session)
        if user is not None:
            self.recent_events.append(Left(self.name, user.name, step.reason))

    def _tell(self, session: SessionId, *answers: PrivateEvent | Question) -> None:
        if session not in self.delivery:
            return  # it went away meanwhile
        member: Member = self.delivery[session]
        member.pending_answers -= 1
        self.delivery.send_private(session, *answers)


class _Settled(NamedTuple):
    """A draft, and what has become of it."""

    draft: Draft
    outcome: Outcome


def _capped(query: Query, shown: int) -> Query:
    """Return *query* for what the room was told, so that nothing comes twice."""
    if isinstance(query, After):
        return query.replace(head=shown)
    return query.replace(sequence=min(query.sequence, shown + 1))
