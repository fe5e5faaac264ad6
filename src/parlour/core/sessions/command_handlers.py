"""Command handlers: they turn the commands of sessions into entries and steps."""

from typing import Final, assert_never

from ..entries import Renamed
from ..events import LOBBY, Ping, Pong, Refused, RoomName
from ..limits import Limits
from ..protocol.commands import (
    Announce,
    Ban,
    ChangePassword,
    CloseRoom,
    Command,
    Erase,
    Goodbye,
    Hello,
    Ignore,
    Invite,
    Join,
    Kick,
    LeaveRoom,
    ListActs,
    ListDevices,
    ListInvitations,
    ListRooms,
    ListSanctions,
    ListUsers,
    Login,
    Logout,
    MarkRead,
    Mute,
    OpenDirect,
    ReadHistory,
    ReadPage,
    Register,
    RevokeDevice,
    Say,
    SearchHistory,
    SetName,
    SetRole,
    SetRoom,
    SetTopic,
    Submit,
    Unban,
    Unignore,
    Uninvite,
    Unmute,
    Why,
)
from ..protocol.message_text import is_valid_text, private_command_error, text_error
from ..protocol.plain import LATE_HELLO_REASON
from ..rules import Rules
from ..state import refusals
from ..state.names import name_keys
from ..state.state import State
from .account_commands import AccountCommands
from .admission import Admission
from .answers import READ_ONLY, Answers
from .chosen_names import chosen_name
from .closing import Closing
from .connection import Connection, ConnectionKind
from .history_commands import HistoryCommands
from .order_commands import ABOUT as ORDER_ABOUT
from .order_commands import OrderCommand, OrderCommands
from .proposals import Proposals
from .room_commands import RoomCommand, RoomCommands
from .session_proposals import SessionProposals
from .work_budget import ANSWER_COST, RENAME_COST

WATCHING: Final = Refused(
    "watching", "this session only watches; take a name (set-name) to send messages"
)

SIGN_IN_FIRST: Final = Refused(
    "sign_in_required", "sign in (login), or take a name as a guest (set-name)"
)
OUTSIDE: Final = (Hello, SetName, Login, Ping, Pong, Refused)
"""What somebody may do who could not sign in."""

ABOUT: Final = {
    Join: "join",
    LeaveRoom: "leave",
    SetTopic: "topic",
    OpenDirect: "direct",
    Ignore: "ignore",
    Unignore: "unignore",
    MarkRead: "read",
}
"""The type of the line of a command that only sessions may give."""


class CommandHandlers:
    """The handlers of commands. A command that a session must not give is refused."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        admission: Admission,
        rooms: RoomCommands,
        history: HistoryCommands,
        accounts: AccountCommands,
        sessions: SessionProposals,
        order: OrderCommands,
        closing: Closing,
        limits: Limits,
        rules: Rules,
    ) -> None:
        self._state, self._proposals, self._answers = state, proposals, answers
        self._admission, self._rooms, self._limits = admission, rooms, limits
        self._rules, self._history = rules, history
        self._accounts, self._order, self._sessions = accounts, order, sessions
        self._closing = closing

    def may_end(self, connection: Connection, command: Goodbye | Logout) -> bool:
        """Return whether a session ends at once, as its user asks.

        One that logs out ends when the revocation of its device is recorded.
        """
        is_revoking = isinstance(command, Logout) and self._accounts.log_out(connection)
        return not is_revoking

    def handle(  # noqa: C901 -- a row per command
        self, connection: Connection, command: Command | Refused
    ) -> int:
        """Handle one command; return its units of work in addition to its line's."""
        is_first, connection.has_sent_line = not connection.has_sent_line, True
        if not isinstance(command, Refused):
            connection.invalid_lines = 0
        if connection.is_outside and not isinstance(command, OUTSIDE):
            self._answers.refuse(connection, SIGN_IN_FIRST)
            return ANSWER_COST
        match command:
            case Hello():
                self._upgrade(connection, command, is_first=is_first)
            case SetName(name):
                self._rename(connection, name)
                return RENAME_COST
            case ReadHistory() | ReadPage() | SearchHistory():
                return self._history.handle(connection, command)
            case ListUsers(room):
                return self._rooms.list_users(connection, room)
            case ListRooms(after, limit):
                return self._rooms.list_rooms(connection, after, limit)
            case Join() | LeaveRoom() | SetTopic() | OpenDirect() | Ignore():
                return self._room_command(connection, command)
            case Unignore() | MarkRead():
                return self._room_command(connection, command)
            case Login() | Register() | ChangePassword():
                return self._accounts.handle(connection, command)
            case ListDevices() | RevokeDevice():
                return self._accounts.handle(connection, command)
            case Kick() | Mute() | Unmute() | Ban() | Unban() | SetRoom() | SetRole():
                return self._order_command(connection, command)
            case CloseRoom() | Announce() | Erase():
                return self._order_command(connection, command)
            case Invite() | Uninvite() | ListInvitations():
                return self._order_command(connection, command)
            case ListSanctions() | ListActs() | Why():
                return self._order_command(connection, command)
            case Ping(token, asks_about):
                pong = self._admission.about(token) if asks_about else Pong(token)
                self._answers.send(connection, pong)
            case Pong() | Goodbye() | Logout():
                pass  # any line restarts the heartbeat; the others were handled before
            case Refused():
                self._refuse_line(connection, command)
            case Say():
                self._refuse_message(connection, command)
            case _:
                assert_never(command)
        return ANSWER_COST

    def _room_command(
        self,
        connection: Connection,
        command: RoomCommand,
    ) -> int:
        """Handle a command that only sessions may give."""
        if connection.is_watching:
            why = self._watching(connection).replace(about=ABOUT[type(command)])
            if isinstance(command, Join | LeaveRoom | SetTopic | MarkRead):
                why = why.replace(room=RoomName(command.room))
            self._answers.refuse(connection, why)
            return ANSWER_COST
        return self._rooms.handle(connection, command)

    def _order_command(self, connection: Connection, command: OrderCommand) -> int:
        """Handle a command that only sessions may give."""
        if connection.is_watching:
            about = ORDER_ABOUT[type(command)]
            self._answers.refuse(
                connection, self._watching(connection).replace(about=about)
            )
            return ANSWER_COST
        return self._order.handle(connection, command)

    def _upgrade(self, connection: Connection, hello: Hello, *, is_first: bool) -> None:
        """Upgrade a silent member to the session dialect; refuse any later *hello*."""
        if is_first and hello.credentials is not None:
            self._accounts.upgrade(connection, hello)
        elif is_first and (bye := self._admission.ban_of(connection, hello)):
            self._admission.begin_upgrade(connection, hello)
            self._admission.upgrade_dialect(connection)
            self._closing.close(connection, bye)
        elif is_first:
            self._admission.upgrade(connection, hello)
        else:
            why = Refused("late_hello", LATE_HELLO_REASON, about="hello")
            self._refuse_line(connection, why)

    def _rename(self, connection: Connection, wanted: str) -> None:
        name = chosen_name(wanted, self._rules)
        session = self._state.sessions.get(connection.session)
        why: Refused | None = None
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            why = READ_ONLY
        elif isinstance(name, Refused):
            why = name
        elif session is not None and name == session.name:
            why = Refused("same_name", f"you are {name} already")
        elif session is None and not self._admission.admits_guests:
            why = refusals.sign_in_required()
        elif session is None and (bye := self._admission.user_rejection(connection)):
            why = Refused(bye.code, bye.reason)
        elif session is None:
            self._sessions.open_named(connection, name)
        else:
            entry = Renamed(connection.attachment, name, name_keys(name))
            self._proposals.propose(entry, connection)
        if why is not None:
            self._answers.refuse(connection, why.replace(about="set-name"))

    def _refuse_message(self, connection: Connection, command: Say) -> None:
        """Refuse a message with a wrong text, or in a room that one is not in."""
        id_ = command.id if isinstance(command, Submit) else ""
        room = command.room if isinstance(command, Submit) else LOBBY
        if connection.is_watching:
            why = self._watching(connection)
        elif self._rooms.is_in(connection, room):
            why = self._text_error(command)
        elif self._rooms.may_read(connection, room):
            why = refusals.not_in_room(room)
        else:
            why = refusals.no_such_room(room)
        self._answers.refuse(
            connection, why.replace(id=id_, room=room, about="message")
        )

    def _watching(self, connection: Connection) -> Refused:
        """Return why a connection that only watches may not do something."""
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            return READ_ONLY
        if not self._admission.admits_guests:
            return refusals.sign_in_required()
        return WATCHING

    def _text_error(self, command: Say) -> Refused:
        text, max_text = command.text, self._limits.max_text
        if not isinstance(command, Submit) and is_valid_text(text, max_text):
            return private_command_error(text)
        return text_error(text, max_text)

    def _refuse_line(self, connection: Connection, why: Refused) -> None:
        """Refuse a line that is not a valid command, and count it."""
        connection.has_sent_line = True
        connection.invalid_lines += 1
        self._answers.refuse(connection, why)
