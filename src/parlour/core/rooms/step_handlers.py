"""What each step of a room changes, and which events it causes."""

from typing import Final, assert_never

from ..delivery.delivery import Delivery
from ..delivery.member_state import JOINING_STATES
from ..delivery.recent_events import RecentEvents
from ..events import (
    Bye,
    Cursor,
    Joined,
    Left,
    PrivateEvent,
    Renamed,
    RoomName,
    SessionId,
    User,
    Welcome,
)
from ..limits import Limits
from ..storage import After, Query, SessionQuery
from .flush_schedule import FlushSchedule
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

# Reasons for the leave of a member that was admitted before its hello came.
LEFT_TO_RESUME: Final = "came_back"  # it resumes a session, under another name
LEFT_TO_WATCH: Final = "watching"  # it only watches
REPLACED: Final = Bye("replaced", "you have reconnected on another connection")


class StepHandlers:
    """The changes that steps make to a room's roster, recent events and delivery."""

    def __init__(
        self,
        room: RoomName,
        epoch: str,
        limits: Limits,
        recent_events: RecentEvents,
        delivery: Delivery,
        roster: Roster,
        schedule: FlushSchedule,
    ) -> None:
        self._room, self._epoch, self._limits = room, epoch, limits
        self._recent_events, self._delivery = recent_events, delivery
        self._roster, self._schedule = roster, schedule
        self._cursors_ahead: list[Cursor] = []

    def cursors_ahead(self) -> list[Cursor]:
        """Return the client cursors beyond the last message since the last call."""
        ahead, self._cursors_ahead = self._cursors_ahead, []
        return ahead

    def apply(self, step: Step) -> None:
        """Apply *step*, the next one in order."""
        match step:
            case JoinRoom(session, user):
                self._join(session, user)
            case StartSession():
                self._start_session(step)
            case RenameMember(session, name):
                user = self._roster[session]
                self._recent_events.append(Renamed(self._room, user.name, name))
                self._roster[session] = User(name, user.since)
            case LeaveRoom():
                self._leave(step)
            case CloseRoom(bye):
                self._recent_events.append(bye)
                self._delivery.finish_all()
                self._schedule.is_urgent = True
            case SendPrivate(session, event):
                self._send(session, event)
            case QueryHistory(session, query, purpose):
                query = _capped(query, self._recent_events.last_sequence)
                self._send(session, SessionQuery(session, query, purpose))
            case QueryUsers(session):
                self._send(session, *self._roster.user_pages())
            case _:
                assert_never(step)

    def _join(self, session: SessionId, user: User) -> None:
        self._roster[session] = user
        if (
            session in self._delivery
            and self._delivery[session].state in JOINING_STATES
        ):
            self._delivery.start(session)
        self._recent_events.append(Joined(self._room, user.name))

    def _start_session(self, step: StartSession) -> None:
        session, user = step.session, step.user
        admitted_as = self._roster.remove(session) if step.dialect else None
        if step.resumes is not None:
            if step.resumes in self._delivery:
                self._delivery.send_private(step.resumes, REPLACED)
                self._delivery.finish(step.resumes)
            user = self._roster.remove(step.resumes)
        elif user is not None and admitted_as is not None:
            user = admitted_as
        elif user is not None:
            self._recent_events.append(Joined(self._room, user.name))
        if user is not None:
            self._roster[session] = user
        if admitted_as not in (None, user):
            reason = LEFT_TO_RESUME if user else LEFT_TO_WATCH
            self._recent_events.append(Left(self._room, admitted_as.name, reason))
        if session in self._delivery:
            self._send_welcome(step, user.name if user else "")
        if (
            (cursor := step.cursor)
            and cursor.epoch == self._epoch
            and cursor.sequence > self._recent_events.last_sequence
        ):
            self._cursors_ahead.append(cursor)

    def _send_welcome(self, step: StartSession, name: str) -> None:
        """Welcome a session called *name*, which is empty if it only watches."""
        welcome = self._welcome(name)
        joined = Joined(self._room, name) if name else None
        if step.dialect is None:
            self._delivery.start_session(step.session, welcome, step.cursor, joined)
            return
        if not (step.cursor or step.resumes):
            joined = None  # it receives the room's notice of its join
        self._delivery.upgrade_session(
            step.session, step.dialect, welcome, step.cursor, joined
        )

    def _welcome(self, name: str) -> Welcome:
        return Welcome(
            name=name,
            room=self._room,
            epoch=self._epoch,
            sequence=self._recent_events.last_sequence,
            is_recovered=True,
            max_line=self._limits.max_line,
            max_text=self._limits.max_text,
        )

    def _leave(self, step: LeaveRoom) -> None:
        session = step.session
        if session in self._delivery:
            if step.bye is not None:
                self._delivery.send_private(session, step.bye)
            self._delivery.finish(session)
        user = None if step.is_reserved else self._roster.remove(session)
        if user is not None:
            self._recent_events.append(Left(self._room, user.name, step.reason))

    def _send(self, session: SessionId, *events: PrivateEvent | SessionQuery) -> None:
        """Send the private events of a step, unless the member was removed."""
        if session in self._delivery:
            self._delivery[session].pending_answers -= 1
            self._delivery.send_private(session, *events)


def _capped(query: Query, last_sequence: int) -> Query:
    """Limit *query* to messages that the room has, so that none is delivered twice."""
    if isinstance(query, After):
        return query.replace(head=last_sequence)
    return query.replace(sequence=min(query.sequence, last_sequence + 1))
