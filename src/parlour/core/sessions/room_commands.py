"""The commands about rooms, direct messages and ignored names."""

from hashlib import sha256
from itertools import count
from typing import Final, assert_never

from ..entries import (
    AccountDirectOpened,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DirectOpened,
    Ignored,
    Left,
    TopicSet,
    Unignored,
)
from ..events import DIRECT_PREFIX, AccountNumber, Refused, RoomName, is_direct_room
from ..limits import MAX_NAME, NEW_DIRECT_ROOM_RATE, Limits
from ..names.folding import fold_key
from ..names.room_names import normalize_room_name
from ..protocol.commands import (
    Ignore,
    Join,
    LeaveRoom,
    MarkRead,
    OpenDirect,
    SetTopic,
    Unignore,
)
from ..protocol.topic_text import topic_error
from ..state import refusals
from ..state.restrictions import person_facts
from ..state.sessions import Session
from ..state.state import State
from .answers import Answers
from .connection import Connection
from .invite_commands import InviteCommands
from .network_rates import NetworkRates
from .proposals import Proposals
from .read_positions import ReadPositions
from .registry import Connections
from .sanction_lists import watcher_ban
from .session_proposals import SessionProposals
from .steps import AskRooms, AskUsers
from .work_budget import ANSWER_COST, RENAME_COST, USERS_PER_UNIT

DIRECT_ID_LENGTH: Final = 16  # letters and digits of the name of a direct room

RoomCommand = (Join | LeaveRoom | SetTopic | OpenDirect | Ignore | Unignore) | MarkRead


class RoomCommands:
    """The handlers of these commands, for sessions."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        sessions: SessionProposals,
        connections: Connections,
        invites: InviteCommands,
        reads: ReadPositions,
        limits: Limits,
    ) -> None:
        self._invites, self._reads = invites, reads
        self._state, self._proposals = state, proposals
        self._answers, self._sessions = answers, sessions
        self._connections = connections
        self._direct_numbers = count(1)
        local = limits.local_room_rate
        self._new_direct_rooms = NetworkRates(NEW_DIRECT_ROOM_RATE, local)

    def change_limits(self, limits: Limits) -> None:
        """Apply the limit of new direct rooms that follows from another rate."""
        self._new_direct_rooms.change_local(limits.local_room_rate)

    def is_in(self, connection: Connection, room: RoomName) -> bool:
        """Return whether the session of a connection is in *room*."""
        session = self._state.sessions.get(connection.session)
        return session is not None and self._state.is_member(session, room)

    def may_read(self, connection: Connection, name: RoomName) -> bool:
        """Return whether a connection may read a room: a public one, or its own.

        A closed room can be read, because its history stays; this does not open it.
        """
        return self._state.may_read(connection.session, name)

    def reading_refusal(self, connection: Connection, name: RoomName) -> Refused | None:
        """Return why a connection may not read a room, from which it may be banned."""
        if not self.may_read(connection, name):
            return refusals.no_such_room(name)
        wall = self._connections.wall
        session = self._state.sessions.get(connection.session)
        if session is not None:
            return self._state.restrictions.ban(person_facts(session), wall, name)
        return watcher_ban(self._state, connection, name, wall)

    def kept_rooms_of(self, connection: Connection) -> tuple[RoomName, ...]:
        """Return the rooms of a session that have a history."""
        session = self._state.sessions.get(connection.session)
        rooms = () if session is None else session.rooms
        return tuple(each for each in rooms if self._state.rooms[each].is_kept)

    def list_users(self, connection: Connection, name: RoomName) -> int:
        """Queue a question for the users; return its units of work."""
        if (why := self.reading_refusal(connection, name)) is not None:
            self._answers.refuse(connection, why.replace(about="users"))
            return ANSWER_COST
        self._answers.ask(connection, AskUsers(connection.id, name))
        members = len(self._state.rooms[name].members)
        return ANSWER_COST + members // USERS_PER_UNIT

    def list_rooms(self, connection: Connection, after: str, limit: int) -> int:
        """Queue a question for the open rooms; return its units of work."""
        self._answers.ask(connection, AskRooms(connection.id, after, limit))
        return ANSWER_COST + self._state.rooms.open_count // USERS_PER_UNIT

    def handle(self, connection: Connection, command: RoomCommand) -> int:
        """Handle a command of a session; return its units of work."""
        session = self._state.sessions[connection.session]
        match command:
            case Join():
                self._join(connection, session, command)
                return RENAME_COST
            case LeaveRoom(room):
                if room in session.rooms:
                    connection.awaits_answer = True  # it may enter the room again
                    self._leave(connection, session, room)
                else:
                    self._refuse(connection, refusals.not_in_room(room), "leave")
            case SetTopic():
                self._set_topic(connection, session, command)
            case OpenDirect(to):
                self._open_direct(connection, session, to)
                return RENAME_COST
            case Ignore(name):
                self._ignore(connection, session, name)
            case Unignore(name):
                self._unignore(connection, session, name)
            case MarkRead():
                self._mark_read(connection, session, command)
            case _:
                assert_never(command)
        return ANSWER_COST

    def _refuse(self, connection: Connection, why: Refused, about: str) -> None:
        self._answers.refuse_about_room(connection, why.replace(about=about))

    def _join(self, connection: Connection, session: Session, command: Join) -> None:
        wanted = command.room
        if is_direct_room(wanted):
            room: RoomName | Refused = RoomName(wanted)
        else:
            room = normalize_room_name(wanted)
        if isinstance(room, Refused):
            why = room.replace(room=RoomName(wanted))
            self._refuse(connection, why, "join")
        elif room in session.rooms:
            self._sessions.enter(connection, room)
        elif is_direct_room(room):
            why = refusals.no_such_room(room)
            if self._state.rooms.get_open(room) is not None:
                self._sessions.enter(connection, room)
            else:
                self._refuse(connection, why, "join")
        else:
            self._join_room(connection, session, room, command)

    def _join_room(
        self, connection: Connection, session: Session, name: RoomName, command: Join
    ) -> None:
        """Enter a room that is not direct, or open it."""
        room = self._state.rooms.get_open(name)
        is_known = room is not None and self._state.restrictions.knows(session, room)
        if command.invite and not is_known:
            self._invites.use(connection, session, name, command.invite)
        elif why := self._hidden_refusal(session, name):
            self._refuse(connection, why, "join")
        elif room is not None and command.is_private and room.is_public:
            self._refuse(connection, refusals.room_exists(name), "join")
        elif room is not None:
            self._sessions.enter(connection, name)
        else:
            is_private = command.is_private
            self._sessions.open_room(connection, name, "join", is_private=is_private)

    def _hidden_refusal(self, session: Session, name: RoomName) -> Refused | None:
        """Return why somebody cannot enter a private room, open or closed, or None.

        The answer comes as fast as that to a name that no room can have.
        """
        room = self._state.rooms.get(name)
        if room is None or not room.is_private:
            return None
        wall = self._connections.wall
        return self._state.restrictions.refusal_to_enter(session, room, wall)

    def _leave(self, connection: Connection, session: Session, room: RoomName) -> None:
        attachment, reason = connection.attachment, refusals.LEFT
        entry: Left | AccountLeft = Left(attachment, room, reason)
        account = self._state.accounts.get(session.account)
        if account is not None and room in account.rooms:
            entry = AccountLeft(attachment, account.number, room, reason)
        self._proposals.propose(entry, connection)

    def _set_topic(
        self, connection: Connection, session: Session, command: SetTopic
    ) -> None:
        room = command.room
        entry = TopicSet(room, connection.attachment, command.topic)
        if is_direct_room(room) and self._is_in(session, room):
            self._refuse(connection, refusals.no_topic(room), "topic")
        elif why := (
            topic_error(command.topic)
            or self._state.judge(entry, self._connections.wall).why
        ):
            self._refuse(connection, why.replace(room=room), "topic")
        else:
            self._proposals.propose(entry, connection)

    def _open_direct(self, connection: Connection, session: Session, to: str) -> None:
        other = None
        if len(to) <= 4 * MAX_NAME:
            other = self._state.sessions.names.owner((fold_key(to),))
        if other is None:
            self._refuse(connection, refusals.no_such_user(), "direct")
            return
        if not session.account and not self._state.sessions.of(other):
            self._refuse(connection, refusals.not_here(), "direct")
            return
        found = self._state.rooms.of_pair(session.person, other)
        is_new = found is None
        now = self._connections.now
        if is_new and not self._new_direct_rooms.allows(connection, now):
            reason = "too many conversations were opened from your address; try later"
            why = Refused("too_many_new_rooms", reason)
            self._refuse(connection, why, "direct")
            return
        name = self._direct_name(session, to) if found is None else found.name
        attachment, account = connection.attachment, session.account
        if found is not None and found.is_kept and name in session.rooms:
            self._sessions.enter(connection, name)
        elif account and other < 0:
            entry = AccountDirectOpened(
                attachment, account, name, AccountNumber(-other)
            )
            self._proposals.propose(entry, connection)
        else:
            self._proposals.propose(DirectOpened(name, attachment, other), connection)

    def _mark_read(
        self, connection: Connection, session: Session, command: MarkRead
    ) -> None:
        room = command.room
        if not session.account:
            why = refusals.not_signed_in().replace(room=room)
            self._refuse(connection, why, "read")
        elif not self._is_in(session, room):
            self._refuse(connection, refusals.not_in_room(room), "read")
        else:
            self._reads.read(connection, room, command.sequence)

    def _is_in(self, session: Session, room: RoomName) -> bool:
        """Return whether a session, or the account that sent its form, is in *room*."""
        accounts = self._state.accounts
        return room in session.rooms or accounts.is_in(session.account, room)

    def _direct_name(self, session: Session, to: str) -> RoomName:
        """Return an opaque name that no other direct room has.

        After a restart, the other numbers begin again; the time does not.
        """
        number, now = next(self._direct_numbers), self._connections.now
        seed = f"{self._state.epoch} {now} {session.attachment} {to} {number}"
        digest = sha256(seed.encode(errors="surrogatepass")).hexdigest()
        return RoomName(f"{DIRECT_PREFIX}{digest[:DIRECT_ID_LENGTH]}")

    def _ignore(self, connection: Connection, session: Session, name: str) -> None:
        if not name or len(name) > 4 * MAX_NAME:
            why = Refused("bad_name", "that is not a name")
            self._refuse(connection, why, "ignore")
        elif fold_key(name) == fold_key(session.name):
            why = Refused("ignore_self", "you cannot ignore yourself")
            self._refuse(connection, why, "ignore")
        else:
            attachment, key = connection.attachment, fold_key(name)
            entry: Ignored | AccountIgnored = Ignored(attachment, name, key)
            if session.account:
                entry = AccountIgnored(attachment, session.account, name, key)
            self._proposals.propose(entry, connection)

    def _unignore(self, connection: Connection, session: Session, name: str) -> None:
        if len(name) > 4 * MAX_NAME:
            why = Refused("bad_name", "that is not a name")
            self._refuse(connection, why, "unignore")
        else:
            attachment, key = connection.attachment, fold_key(name)
            entry: Unignored | AccountUnignored = Unignored(attachment, key)
            if session.account:
                entry = AccountUnignored(attachment, session.account, key)
            self._proposals.propose(entry, connection)
