"""Names of rooms: validation, and the keys by which two of them conflict.

A room's name is an identifier: people type it, link to it and read it aloud. RFC 8265
(PRECIS UsernameCaseMapped) maps it to lower case and defines the allowed characters, of
which a room's name uses letters, digits, and two signs. UTS #39 defines which names
look alike and which scripts may occur together. The ``#`` that programs show before a
name is not part of it, and a name with a colon, such as that of a direct room, is never
valid here.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from precis_i18n import get_profile

from ..events import Refused, RoomName
from ..limits import MAX_ROOM_NAME
from .conflicts import conflict_keys
from .confusables import caseless_skeleton
from .scripts import are_mixed
from .validation import has_stacked_marks

MAX_TYPED_ROOM_NAME: Final = 4 * MAX_ROOM_NAME  # before mapping, which is slow

RESERVED_WORDS: Final = (
    "admin",
    "administrator",
    "all",
    "direct",
    "everyone",
    "moderator",
    "operator",
    "parlour",
    "root",
    "server",
    "system",
)
"""Names that no room has, whatever looks like them included."""

_username: Final = get_profile("UsernameCaseMapped")
_SIGNS: Final = "-_"
_CATEGORIES: Final = {"Ll", "Lo", "Lm", "Nd", "Mn", "Mc"}  # after case mapping


def normalize_room_name(text: str) -> RoomName | Refused:
    """Return *text* in lower case and NFC, or the reason why it names no room.

    The refusal contains *text* unless that is far too long.
    """
    if not 0 < len(text) <= MAX_TYPED_ROOM_NAME:
        return _bad_length()
    name = _normalize(text)
    return name.replace(room=RoomName(text)) if isinstance(name, Refused) else name


def room_conflict_keys(name: RoomName) -> tuple[str, ...]:
    """Return the sorted keys of a valid *name*; two open rooms never share a key."""
    return tuple(sorted(conflict_keys(name)))


def _normalize(text: str) -> RoomName | Refused:
    try:
        name = _username.enforce(text)
    except UnicodeEncodeError:
        return _bad_characters()
    if len(name) > MAX_ROOM_NAME:
        return _bad_length()
    if not all(map(_is_allowed, name)) or has_stacked_marks(name):
        return _bad_characters()
    if not name[0].isalnum():  # "--all" would look like an option
        return _refused("a room's name begins with a letter or a digit")
    if are_mixed(name):
        return _refused("that room's name mixes letters of several scripts")
    if _letters(caseless_skeleton(name)) in _reserved():
        return Refused("room_unavailable", "that room's name is reserved")
    return RoomName(name)


def _is_allowed(char: str) -> bool:
    return char in _SIGNS or unicodedata.category(char) in _CATEGORIES


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name))


@lru_cache
def _reserved() -> frozenset[str]:
    return frozenset(map(caseless_skeleton, RESERVED_WORDS))


def _bad_length() -> Refused:
    return _refused(f"a room's name has 1 to {MAX_ROOM_NAME} characters")


def _bad_characters() -> Refused:
    return _refused('a room\'s name has letters, digits, "-" and "_" only')


def _refused(reason: str) -> Refused:
    return Refused("bad_room_name", reason)
