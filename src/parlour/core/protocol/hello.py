"""The `hello` with which a client chooses the session dialect, and its `welcome`."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Final

import msgspec

import parlour

from ..events import LOBBY, Cursor, Refused, Welcome, is_direct_room
from ..limits import (
    MAX_DIRECT_ROOMS,
    MAX_ID,
    MAX_NAME,
    MAX_PAGE,
    MAX_ROOMS_EACH,
    MAX_TOKEN,
    MAX_TOPIC,
    MIN_TOKEN,
)
from .account_lines import credentials_from
from .commands import Hello
from .json_objects import Data, SequenceNumber, bad_data, decode_object
from .tokens import hash_token

VERSION: Final = 1  # of the session dialect
SERVER_VERSION: Final = f"parlour/{parlour.__version__}"
MAX_ROOMS: Final = MAX_ROOMS_EACH + MAX_DIRECT_ROOMS  # in a hello

_Token = Annotated[str, msgspec.Meta(min_length=MIN_TOKEN, max_length=MAX_TOKEN)]
_Epoch = Annotated[str, msgspec.Meta(max_length=MAX_TOKEN)]


class _Cursor(msgspec.Struct):
    epoch: _Epoch
    sequence: SequenceNumber


class _HelloData(msgspec.Struct):
    token: _Token | None = None
    name: str | None = None
    watch: bool = False
    rooms: list[str] | None = None
    resume: dict[str, _Cursor] = {}


def decode_hello(line: bytes) -> Hello | None:
    """Return the hello on the first *line* of a connection, or None if it has none."""
    if b"hello" not in line:
        return None
    decoded = decode_object(line)
    if not isinstance(decoded, Mapping) or decoded.get("type") != "hello":
        return None
    return hello_from_data(decoded.get("data"))


def late_hello_from_data(data: object) -> Hello | None:
    """Return the hello with this *data* if its member ``late`` is true.

    Only a client that sends ``late`` accepts plain lines before the welcome.
    """
    is_late = isinstance(data, dict) and data.get("late") is True
    return hello_from_data(data) if is_late else None


def hello_from_data(data: object) -> Hello | None:
    """Return the hello with this *data*, or None if it has no valid version.

    A hello with another error still opens the session dialect; the server sends its
    `error` after the welcome.
    """
    if not isinstance(data, dict):
        return None
    version = data.get("version")
    if type(version) is not int or version < 1:
        return None
    has_rooms = data.get("rooms") is not None
    try:
        hello = msgspec.convert(data, _HelloData)
    except ValueError as exc:
        is_watching = data.get("watch", False) is not False
        default = (LOBBY,) if has_rooms else None
        return Hello("", None, is_watching, default, (), (_bad_hello(exc),))
    rooms, errors = _rooms(hello.rooms)
    credentials = credentials_from(data, "hello") if "account" in data else None
    return Hello(
        token=hash_token(hello.token) if hello.token else "",
        name=hello.name,
        is_watching=hello.watch,
        rooms=rooms,
        cursors=_cursors(hello.resume, rooms),
        errors=errors,
        credentials=credentials,
    )


def _bad_hello(error: ValueError) -> Refused:
    return bad_data("hello", error).replace(about="hello")


def _rooms(
    names: list[str] | None,
) -> tuple[tuple[str, ...] | None, tuple[Refused, ...]]:
    """Return the first of the room *names*, each once, and the error if too many."""
    if names is None:
        return None, ()
    rooms = tuple(dict.fromkeys(names))
    if len(rooms) <= MAX_ROOMS:
        return rooms, ()
    reason = f"a hello has at most {MAX_ROOMS} rooms"
    return rooms[:MAX_ROOMS], (Refused("too_many_rooms", reason, about="hello"),)


def _cursors(
    resume: dict[str, _Cursor], rooms: tuple[str, ...] | None
) -> tuple[tuple[str, Cursor], ...]:
    """Return the cursors of the rooms that the client asks for, and of direct rooms.

    A session returns to its direct rooms, whether its client asks for them or not.
    """
    direct = (room for room in resume if is_direct_room(room))
    others = islice(direct, MAX_ROOMS) if rooms is not None else ()
    wanted = dict.fromkeys((*(rooms or (LOBBY,)), *others))
    found = [(room, resume.get(room)) for room in wanted]
    return tuple(
        (room, Cursor(cursor.epoch, cursor.sequence))
        for room, cursor in found
        if cursor is not None
    )


def welcome_data(event: Welcome) -> Data:
    """Return the data of the line for a welcome."""
    limits = {
        "line": event.max_line,
        "text": event.max_text,
        "name": MAX_NAME,
        "page": MAX_PAGE,
        "id": MAX_ID,
    }
    start = {
        "version": VERSION,
        "server": SERVER_VERSION,
        "you": event.name or None,
    }
    if (info := event.room) is None:
        limits |= {"rooms": MAX_ROOMS_EACH, "topic": MAX_TOPIC}
        return {**start, "limits": limits}
    cursor = {
        "epoch": info.epoch,
        "sequence": info.sequence,
        "recovered": info.is_recovered,
    }
    return {**start, "rooms": {info.room: cursor}, "limits": limits}
