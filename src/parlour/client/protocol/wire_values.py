"""Values of the wire: the untrusted parameters of an event. Pure."""

from typing import Final, TypeGuard

from .display_items import MAX_NAME

MAX_LINE: Final = 128 << 10  # bytes of a line, except for pages of an answer
MAX_SEQUENCE: Final = (1 << 53) - 1  # the largest exact integer in JSON
MAX_ROOM_NAME: Final = 64  # characters; a Parlour server allows 32


def get_text(data: dict[str, object], key: str) -> str:
    """Return a text; it is empty if it is missing."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def get_name(data: dict[str, object], key: str) -> str:
    """Return a name; it is empty if it is missing or longer than `MAX_NAME`."""
    name = get_text(data, key)
    return name if len(name) <= MAX_NAME else ""


def get_room(data: dict[str, object], *, default: str) -> str:
    """Return the room of an event: *default* if it has none, "" if it is invalid."""
    room = data.get("room", default)
    return room if isinstance(room, str) and len(room) <= MAX_ROOM_NAME else ""


def get_count(data: dict[str, object], key: str) -> int:
    """Return a number of messages or a sequence; 0 if it is missing or invalid."""
    value = data.get(key)
    return value if is_count(value) else 0


def is_name(value: object) -> TypeGuard[str]:
    """Return whether *value* is a name of a possible length."""
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME


def is_count(value: object) -> TypeGuard[int]:
    """Return whether *value* is a valid sequence or number of messages."""
    return type(value) is int and 0 <= value <= MAX_SEQUENCE
