"""The values in the lines of an export: objects, times, names of rooms, accounts."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from parlour.core.events import DIRECT_PREFIX, AccountNumber, Refused, RoomName
from parlour.core.names.room_names import normalize_room_name

from ..sqlite.rows import MAX_SEQUENCE
from ..timestamps import MAX_TIME, from_microseconds, to_microseconds

MAX_ACCOUNT_NUMBER: Final = MAX_SEQUENCE
UNKNOWN: Final = (
    "it is not a message, an erasure, a room or unused sequences, nor an account, a "
    "role, an invitation, a sanction or an act"
)

UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
END_TIME: Final = UNIX_EPOCH + timedelta(seconds=MAX_TIME)
MICROSECOND: Final = timedelta(microseconds=1)

_DIRECT_ROOM: Final = re.compile(rf"{DIRECT_PREFIX}[0-9a-z]{{1,32}}", re.ASCII)
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


def decode(line: str | bytes) -> object:
    """Return the JSON value of *line*. A repeated key raises ValueError."""
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        return json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except _DuplicateKeyError:
        raise
    except (ValueError, RecursionError):
        raise ValueError(
            "it is not JSON as `parlour export` writes it, one object per line"
        ) from None


def render_line(kind: str, data: Mapping[str, object]) -> str:
    """Return an object of type *kind* as a line without LF."""
    return json.dumps(
        {"type": kind, "data": data}, ensure_ascii=False, separators=(",", ":")
    )


def parse_time(time: str) -> float:
    """Return *time* in seconds since 1970. Raises ValueError with the reason."""
    invalid = "its time is not in the format 2026-01-31T12:00:00.123456Z"
    if not _TIME.fullmatch(time):
        raise ValueError(invalid)
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        raise ValueError(invalid) from None
    if moment.tzinfo is None:
        raise ValueError("its time has no UTC offset")
    if not UNIX_EPOCH <= moment < END_TIME:
        raise ValueError("its time is out of range")
    return from_microseconds((moment - UNIX_EPOCH) // MICROSECOND)


def render_time(time: float) -> str:
    """Return *time*, in seconds since 1970, as `parse_time` reads it."""
    moment = UNIX_EPOCH + timedelta(microseconds=to_microseconds(time))
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@lru_cache(maxsize=1024)
def room_name(room: str) -> RoomName:
    """Return *room*. Raises ValueError if no server can have a room of that name.

    It may be a direct room.
    """
    if _DIRECT_ROOM.fullmatch(room):
        return RoomName(room)
    name = normalize_room_name(room)
    if name == room:
        return RoomName(room)
    why = name.reason if isinstance(name, Refused) else f"it would be {name}"
    raise ValueError(f"its room is not a valid room name: {why}")


def account_number(number: object) -> AccountNumber:
    """Return the *number* of an account, or 0. Raises ValueError if it is none."""
    if type(number) is not int or not 0 <= number <= MAX_ACCOUNT_NUMBER:
        raise ValueError("its account is not the number of an account")
    return AccountNumber(number)


def is_unicode(text: str) -> bool:
    """Return whether *text* has no lone surrogate, and so can be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _DuplicateKeyError(ValueError):
    """An object has the same key twice."""


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKeyError("it contains a key twice")
    return found


def _refuse_constant(constant: str) -> object:
    raise ValueError(constant)
