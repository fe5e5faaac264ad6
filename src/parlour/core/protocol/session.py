"""The session dialect, for clients that begin with ``hello``.

A message has its sequence and time, an error has the id of its message, and a client
that resumes gets the messages that it missed. Lines are UTF-8, and their ``data`` is an
object. The decoder is in `session_decoder`; lines about one subject, such as rooms,
have a module for both directions.
"""

from typing import Final, assert_never

import msgspec

from ..events import (
    AccountInfo,
    Acted,
    ActPage,
    Announcement,
    Bye,
    Devices,
    Erased,
    Event,
    Greeting,
    HistoryPage,
    HistorySummary,
    IgnoredNames,
    InvitationEnded,
    InvitationHeard,
    InvitationList,
    InvitationSent,
    InvitationTakenBack,
    Joined,
    Left,
    Message,
    Missed,
    Ping,
    Pong,
    ReadMoved,
    Refused,
    Renamed,
    RoleChanged,
    RoomClosed,
    RoomInfo,
    RoomList,
    SanctionList,
    SearchResults,
    StorageFailed,
    StorageRecovered,
    Stored,
    TopicChanged,
    User,
    Users,
    Welcome,
)
from ..roles import Role
from ..timestamps import rfc3339
from . import session_decoder
from .account_lines import account_type_and_data
from .commands import Command
from .hello import welcome_data
from .invitation_lines import invitation_type_and_data
from .json_objects import Data, given
from .message_lines import encode_message, encode_stored, message_type_and_data
from .order_lines import order_type_and_data
from .room_lines import room_type_and_data


class SessionDialect:
    """The dialect of clients that sent a hello with rooms."""

    name = "session"
    can_resume = True

    def decode(self, line: bytes) -> Command | Refused | None:
        return session_decoder.decode(line)

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):  # by far the most frequent
            return encode_message(event)
        if isinstance(event, Stored):  # one for each message
            return encode_stored(event)
        if isinstance(event, HistorySummary):
            return b""  # a page of messages needs no heading
        kind, data = _type_and_data(event)
        return msgspec.json.encode({"type": kind, "data": data}) + b"\n"


class LobbyDialect(SessionDialect):
    """The session dialect of clients that know no other room than the lobby.

    Their hello has no rooms. They receive the lines that the first release sent.
    """

    name = "lobby"

    def decode(self, line: bytes) -> Command | Refused | None:
        return session_decoder.decode_in_lobby(line)

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):
            return b"" if event.is_erased else encode_message(event)
        if isinstance(event, Stored):
            return encode_stored(event)
        match event:
            case HistoryPage(messages=messages):
                kept = tuple(each for each in messages if not each.is_erased)
                return super().encode(event.replace(messages=kept))
            case TopicChanged() | IgnoredNames() | RoomList() | RoomInfo():
                return b""
            case AccountInfo() | Devices() | SanctionList() | ActPage() | ReadMoved():
                return b""
            case InvitationHeard() | InvitationSent() | Greeting():
                return b""
            case InvitationEnded() | InvitationTakenBack() | InvitationList():
                return b""
            case Acted() | Announcement() | Erased() | RoleChanged():
                return b""
            case Joined() | Renamed():
                return super().encode(event.replace(role=Role.GUEST))
            case Users(users=users):
                bare = tuple(User(each.name, each.since) for each in users)
                return super().encode(event.replace(users=bare))
            case Refused(code, reason, id_):
                return super().encode(Refused(code, reason, id_))
            case _:
                return super().encode(event)


SESSION: Final = SessionDialect()
LOBBY_SESSION: Final = LobbyDialect()


def _type_and_data(event: Event) -> tuple[str, Data]:
    """Return the type and the data of the line for *event*."""
    match event:
        case Joined() | Left() | Renamed() | TopicChanged() | RoomInfo() | RoomList():
            return room_type_and_data(event)
        case RoomClosed() | ReadMoved() | Users() | StorageFailed():
            return room_type_and_data(event)
        case StorageRecovered() | RoleChanged():
            return room_type_and_data(event)
        case Erased() | Missed() | HistoryPage() | SearchResults():
            return message_type_and_data(event)
        case AccountInfo() | Devices():
            return account_type_and_data(event)
        case Acted() | Announcement() | SanctionList() | ActPage():
            return order_type_and_data(event)
        case InvitationHeard() | InvitationEnded() | InvitationSent():
            return invitation_type_and_data(event)
        case InvitationTakenBack() | InvitationList():
            return invitation_type_and_data(event)
        case Message() | Stored() | HistorySummary():
            raise AssertionError(event)  # `encode` has encoded it
        case _:
            return _session_type_and_data(event)


def _session_type_and_data(
    event: Welcome | Greeting | IgnoredNames | Refused | Ping | Pong | Bye,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about the session itself."""
    match event:
        case Welcome():
            return "welcome", welcome_data(event)
        case Greeting(text):
            return "greeting", {"text": text}
        case IgnoredNames(names):
            return "ignored", {"names": names}
        case Refused(code, reason, id_, room, about):
            known = given(id=id_, room=room, about=about)
            return "error", {"code": code, "reason": reason, **known}
        case Ping(token):
            return "ping", {"token": token}
        case Pong(token, None):
            return "pong", {"token": token}
        case Pong(token, time, guests, registration):
            rules = {"guests": guests, "registration": registration}
            return "pong", {"token": token, "time": rfc3339(time), **rules}
        case Bye(code, reason, after):
            retry = {} if after is None else {"retry_after": after}
            return "bye", {"code": code, "reason": reason, **retry}
        case _:
            assert_never(event)
