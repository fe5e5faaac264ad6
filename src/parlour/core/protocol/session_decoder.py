"""The decoder of the session dialect: lines to commands. `hello` has its own module."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Final

import msgspec

from ..events import LOBBY, Ping, Pong, Refused, RoomName
from ..limits import MAX_ID, MAX_TOKEN
from .account_lines import ACCOUNT_TYPES, account_command
from .commands import (
    Command,
    Goodbye,
    Ignore,
    ListUsers,
    ReadPage,
    SearchHistory,
    SetName,
    Submit,
    Unignore,
)
from .invitation_lines import invitation_command
from .json_objects import bad_data, decode_object, optional
from .message_lines import MessageData, message_command
from .order_lines import order_command
from .room_lines import room_command

_PingToken = Annotated[str, msgspec.Meta(max_length=MAX_TOKEN)]


class _NameData(msgspec.Struct):
    name: str


class _SetNameData(_NameData):
    room: str = LOBBY  # not used, but it must be a text


class _PingData(msgspec.Struct):
    token: _PingToken = ""
    about: bool = False
    room: str = LOBBY  # as above


class _MessageLine(msgspec.Struct, tag_field="type", tag="message"):
    data: MessageData


_decoder: Final = msgspec.json.Decoder(_MessageLine)


def decode(line: bytes) -> Command | Refused | None:
    """Return the command on *line* (without its LF), as `Dialect.decode` does."""
    try:
        data = _decoder.decode(line).data  # by far the most frequent
    except (ValueError, RecursionError):
        decoded = decode_object(line)
        if isinstance(decoded, dict):
            return _decode_type(decoded.get("type"), decoded.get("data"))
        return decoded
    return Submit(data.message, RoomName(data.room), data.id or "")


def decode_in_lobby(line: bytes) -> Command | Refused | None:
    """Do what `decode` does for a client that knows no other room than the lobby."""
    command = decode(line)
    if isinstance(command, Submit):  # by far the most frequent
        return command if command.room == LOBBY else _no_such_room(command.id)
    match command:
        case ReadPage(room) | ListUsers(room) if room != LOBBY:
            return _no_such_room("")
        case SearchHistory(room) if room != LOBBY:
            return _no_such_room("")
        case Refused("unknown_type"):
            return _unknown_type(_TYPES_IN_LOBBY)
        case Refused("no_type"):
            return _no_type(_TYPES_IN_LOBBY)
        case _ if _is_unknown_in_lobby(command):
            return _unknown_type(_TYPES_IN_LOBBY)
        case _:
            return command


def _is_unknown_in_lobby(command: Command | Refused | None) -> bool:
    """Return whether a line has a type that is not for clients of the lobby alone."""
    if isinstance(command, Refused):
        return command.about in _TYPES and command.about not in _TYPES_IN_LOBBY
    return command is not None and not isinstance(command, _LOBBY_COMMANDS)


def _decode_type(kind: object, data: object) -> Command | Refused:
    if not isinstance(kind, str):
        return _no_type(_TYPES)
    if kind == "hello":
        reason = '"hello" must be the first line, and must not be repeated'
        return Refused("late_hello", reason, about=kind)
    if kind not in _TYPES:
        return _unknown_type(_TYPES)
    try:
        command = _TYPES[kind](kind, data)
    except ValueError as exc:
        command = bad_data(kind, exc, _id(data))
    return command.replace(about=kind) if isinstance(command, Refused) else command


def _session_command(kind: str, data: object) -> Command:
    """Return the command of a line about the session itself.

    Raises ValueError if the *data* is wrong.
    """
    match kind:
        case "set-name" if isinstance(data, str):
            return SetName(data)
        case "set-name":
            return SetName(msgspec.convert(data, _SetNameData).name)
        case "ignore":
            return Ignore(msgspec.convert(data, _NameData).name)
        case "unignore":
            return Unignore(msgspec.convert(data, _NameData).name)
        case "bye":
            return Goodbye()
        case _:
            ping = msgspec.convert(optional(data), _PingData)
            is_ping = kind == "ping"
            return Ping(ping.token, ping.about) if is_ping else Pong(ping.token)


_LOBBY_COMMANDS: Final = (
    *(Submit, SetName, ReadPage, SearchHistory, ListUsers),
    *(Ping, Pong, Goodbye),
)
_TYPES: Final[Mapping[str, Callable[[str, object], Command | Refused]]] = {
    "message": message_command,
    "set-name": _session_command,
    "history": message_command,
    "search": message_command,
    "users": room_command,
    "join": room_command,
    "leave": room_command,
    "rooms": room_command,
    "topic": room_command,
    "direct": room_command,
    "read": room_command,
    "ignore": _session_command,
    "unignore": _session_command,
    **dict.fromkeys(ACCOUNT_TYPES, account_command),
    "kick": order_command,
    "mute": order_command,
    "unmute": order_command,
    "ban": order_command,
    "unban": order_command,
    "role": order_command,
    "set": order_command,
    "close": order_command,
    "invite": invitation_command,
    "uninvite": invitation_command,
    "invites": invitation_command,
    "announce": order_command,
    "erase": order_command,
    "sanctions": order_command,
    "audit": order_command,
    "why": order_command,
    "ping": _session_command,
    "pong": _session_command,
    "bye": _session_command,
}
_TYPES_IN_LOBBY: Final = (
    *("message", "set-name", "history", "search", "users"),
    *("ping", "pong", "bye"),
)


def _id(data: object) -> str:
    """Return the id of the message with this *data*, if it has a valid one."""
    id_ = optional(data).get("id")
    return id_ if isinstance(id_, str) and len(id_) <= MAX_ID else ""


def _no_such_room(id_: str) -> Refused:
    return Refused("no_such_room", f'the only room is "{LOBBY}"', id_)


def _unknown_type(known: Iterable[str]) -> Refused:
    reason = f'that "type" is not known here; known are {_quoted(known)}'
    return Refused("unknown_type", reason)


def _no_type(known: Iterable[str]) -> Refused:
    return Refused("no_type", f'"type" is missing; known are {_quoted(known)}')


def _quoted(names: Iterable[str]) -> str:
    *first, last = [f'"{name}"' for name in names]
    return f"{', '.join(first)} and {last}"
