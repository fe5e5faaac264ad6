"""The handler of errors: which request the server has refused."""

from typing import Final

from .account_handler import AccountHandler
from .client_state import ClientState
from .display_items import ProtocolLine, Refusal
from .nickname import trimmed
from .order_handler import OrderHandler
from .order_requests import (
    Announce,
    AskActs,
    AskInvitations,
    AskSanctions,
    AskWhy,
    Ban,
    CloseRoom,
    Erase,
    Invite,
    Kick,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Uninvite,
    Unmute,
)
from .queued_request import QueuedRequest
from .requests import (
    AskDevices,
    AskHistory,
    AskRooms,
    AskUsers,
    ChangePassword,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Login,
    Logout,
    Register,
    Request,
    RevokeDevice,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from .room_handler import RoomHandler
from .server_events import Refused

NOT_ABOUT_NAMES: Final = (
    *("message_", "empty_message", "bad_text", "bad_data", "line_too_long"),
    *("no_such_room", "storage_", "history_", "outcome_", "stopping"),
)
"""The beginnings of the error codes that answer a line or a question, not a name.

Only servers of release 1 do not say what an error is about.
"""

UNCERTAIN_CODES: Final = {"outcome_unknown"}
"""Codes of errors after which the line may or may not be recorded."""

LEFT_CODES: Final = {"not_in_room", "no_such_room"}
"""Codes of refusals of a line whose room the client has left, or which is over."""

RETRY_CODES: Final = {"stopping"}
"""Codes of refusals after which the line is accepted on the next connection."""

INVITE_REQUIRED: Final = "invite_required"
"""The code of the refusal of a registration without an invitation."""

_QUESTIONS: Final[dict[str, type[Request]]] = {
    "history": AskHistory,
    "search": Search,
    "users": AskUsers,
    "rooms": AskRooms,
    "devices": AskDevices,
    "sanctions": AskSanctions,
    "audit": AskActs,
    "invites": AskInvitations,
    "why": AskWhy,
}
_COMMANDS: Final[dict[str, type[Request]]] = {
    "join": Join,
    "leave": LeaveRoom,
    "topic": SetTopic,
    "direct": Direct,
    "ignore": Ignore,
    "unignore": Unignore,
    "login": Login,
    "register": Register,
    "passwd": ChangePassword,
    "revoke": RevokeDevice,
    "logout": Logout,
    "kick": Kick,
    "mute": Mute,
    "unmute": Unmute,
    "ban": Ban,
    "erase": Erase,
    "unban": Unban,
    "set": SetRoom,
    "role": SetRole,
    "announce": Announce,
    "close": CloseRoom,
    "invite": Invite,
    "uninvite": Uninvite,
}
"""The requests by the type of their line, which an error names."""

REGISTERED: Final = "name_registered"  # the code for the name of an account


class RefusalHandler:
    """The handler of the errors of a session server."""

    def __init__(
        self,
        state: ClientState,
        room_handler: RoomHandler,
        accounts: AccountHandler,
        order: OrderHandler,
        *,
        reconnects: bool,
    ) -> None:
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._send_buffer = state.send_buffer
        self._room_handler, self._reconnects = room_handler, reconnects
        self._accounts, self._order = accounts, order

    def handle(self, refusal: Refused, line: bytes) -> bool:
        """Process an error; return whether it answers a request of this client."""
        is_unknown = refusal.code == "unknown_type" and not refusal.id
        if is_unknown:
            for handler in (self._accounts, self._order):
                if handler.unknown_request(line):
                    return True
        if self._is_about_name(refusal):
            return self._handle_name(refusal, line)
        if refusal.about == "hello" and refusal.room:
            if self._is_repeated(refusal):
                self._show(refusal, line)  # the next hello asks for it again
                return False
            self._room_handler.refused(refusal.room, refusal.reason, line)
            return False
        if refusal.about in _COMMANDS:
            return self._handle_command(refusal, line)
        if refusal.about in _QUESTIONS:
            return self._handle_question(refusal, line)
        return self._handle_line(refusal, line)

    def _is_repeated(self, refusal: Refused) -> bool:
        """Return whether the client repeats a command on its next connection."""
        return self._reconnects and refusal.code in RETRY_CODES | UNCERTAIN_CODES

    def _is_about_name(self, refusal: Refused) -> bool:
        if refusal.about or not self._rooms.is_single:
            is_hello = refusal.about == "hello" and not refusal.room
            is_name = "name" in refusal.code and "room" not in refusal.code
            return refusal.about == "set-name" or (is_hello and is_name)
        return not refusal.id and not refusal.code.startswith(NOT_ABOUT_NAMES)

    def _handle_name(self, refusal: Refused, line: bytes) -> bool:
        name = trimmed(self._nickname.wanted)
        if self._nickname.refused(refusal.code):
            self._show(refusal, line)
            if refusal.code == REGISTERED and name:
                self._display.note(f"To sign in: /login {name}")
        else:
            self._display.show_received(ProtocolLine(line))
        self._send_buffer.add_reply(self._nickname.fall_back())
        return False

    def _handle_command(self, refusal: Refused, line: bytes) -> bool:
        kind, room = _COMMANDS[refusal.about], refusal.room or None
        if self._is_repeated(refusal):
            self._show(refusal, line)
            return True  # it is sent again on the next connection
        command = self._outbox.in_flight.take(kind, room=room)
        if kind is Register and refusal.code == INVITE_REQUIRED:
            self._accounts.invite_required()
        if kind is Login and command is not None:
            self._accounts.login_refused(refusal)
        is_left = kind is LeaveRoom and refusal.code == "not_in_room"
        if is_left and self._rooms.find(refusal.room) is not None:
            self._room_handler.left(refusal.room, line)  # hello did not ask for it
        else:
            self._show(refusal, line, command)
            self._outbox.has_refused |= command is not None
        return command is not None

    def _handle_question(self, refusal: Refused, line: bytes) -> bool:
        kind, room = _QUESTIONS[refusal.about], refusal.room or None
        question = self._outbox.in_flight.take(kind, room=room)
        if question is None or not question.is_automatic:
            self._show(refusal, line)
            return question is not None
        self._display.show_received(ProtocolLine(line))
        if kind is AskHistory:
            self._display.release_all()
        return False

    def _handle_line(self, refusal: Refused, line: bytes) -> bool:
        is_deferred = self._reconnects and refusal.code in RETRY_CODES
        if is_deferred and self._outbox.in_flight.defer(refusal.id):
            # The user sees the notice that the server stops, and need not see this.
            self._display.show_received(ProtocolLine(line))
            return True
        is_left = refusal.code in LEFT_CODES
        self._show(
            refusal, line, self._outbox.in_flight.line(refusal.id) if is_left else None
        )
        if refusal.id and refusal.code in UNCERTAIN_CODES:
            return True  # it is sent again on the next connection
        if self._outbox.acknowledge(refusal.id):
            self._outbox.has_refused = True
            return True
        if refusal.about or not self._rooms.is_single:
            return False
        return self._outbox.in_flight.take(AskHistory, Search, AskUsers) is not None

    def _show(
        self, refusal: Refused, line: bytes, refused: QueuedRequest | None = None
    ) -> None:
        item = Refusal(refusal.reason, line, refusal.code, refusal.room, refusal.about)
        match refused:
            case QueuedRequest(Direct(to, text)) if text:
                item = item._replace(to=to, unsent=text)
            case QueuedRequest(Say(text)):
                item = item._replace(unsent=text)
        self._display.show_received(item)
