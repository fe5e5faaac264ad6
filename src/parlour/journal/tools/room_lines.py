"""Rooms, and sequences that no message has, as lines of JSON."""

from typing import NamedTuple

from parlour.core.events import AccountNumber, RoomName, is_direct_room
from parlour.core.limits import MAX_SLOW
from parlour.core.protocol.topic_text import topic_error

from ..sqlite.rows import MAX_SEQUENCE
from .json_values import UNKNOWN, account_number, render_line, room_name


class RoomLine(NamedTuple):
    """A room, in the line before its messages; settings as in `entries.RoomSet`.

    *pair* are the numbers of the two accounts of a direct room, the smaller one first.
    """

    room: RoomName
    topic: str
    is_open: bool
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False
    pair: tuple[AccountNumber, AccountNumber] | None = None


class UnusedLine(NamedTuple):
    """The sequences from *first* to *last*, which no message of a room has."""

    room: RoomName
    first: int
    last: int


def render_room(room: RoomLine) -> str:
    """Return *room* as a line without LF; `parse` is the inverse."""
    data: dict[str, object] = {
        "room": room.room,
        "topic": room.topic,
        "open": room.is_open,
    }
    if room.is_locked:
        data["locked"] = True
    if room.slow:
        data["slow"] = room.slow
    if room.is_private:
        data["private"] = True
    if room.pair is not None:
        data["accounts"] = list(room.pair)
    return render_line("room", data)


def render_unused(unused: UnusedLine) -> str:
    """Return *unused* as a line without LF; `parse` is the inverse."""
    return render_line("unused", unused._asdict())


def parse_room(data: dict[str, object]) -> RoomLine:
    """Return the room that *data* describes. Raises ValueError with the reason."""
    match data:
        case {"room": str(room), "topic": str(topic), "open": bool(is_open)}:
            pass
        case _:
            raise ValueError(UNKNOWN)
    if refused := topic_error(topic):
        raise ValueError(f"its topic is not a valid topic: {refused.reason}")
    is_locked, slow = data.get("locked", False), data.get("slow", 0)
    if type(is_locked) is not bool:
        raise ValueError("it is neither locked nor unlocked")
    is_private = data.get("private", False)
    if type(is_private) is not bool:
        raise ValueError("it is neither private nor public")
    if type(slow) is not int or not 0 <= slow <= MAX_SLOW:
        raise ValueError(f"its slow mode has 0 to {MAX_SLOW:,} seconds")
    name, pair = room_name(room), _pair(data.get("accounts"))
    if is_direct_room(name) != (pair is not None):
        raise ValueError("it must have two accounts if it is a direct room, else none")
    if pair is not None and (topic or is_locked or slow or is_private):
        raise ValueError("a direct room has no topic and no settings")
    return RoomLine(name, topic, is_open, is_locked, slow, is_private, pair)


def _pair(found: object) -> tuple[AccountNumber, AccountNumber] | None:
    """Return the two accounts of a direct room, None if there are none."""
    if found is None:
        return None
    match found:
        case [first, second]:
            one, other = account_number(first), account_number(second)
            if 0 < one < other:
                return one, other
    raise ValueError("its two accounts are not the numbers of accounts, in order")


def parse_unused(data: dict[str, object]) -> UnusedLine:
    """Return the sequences that *data* describes. Raises ValueError with the reason."""
    match data:
        case {"room": str(room), "first": int(first), "last": int(last)} if not (
            isinstance(first, bool) or isinstance(last, bool)
        ):
            pass
        case _:
            raise ValueError(UNKNOWN)
    if not 0 < first <= last < MAX_SEQUENCE:
        raise ValueError(f"the sequences {first} to {last} are out of range")
    return UnusedLine(room_name(room), first, last)
