"""Parse and validate the parameters of an address."""

import re
from collections.abc import Mapping
from typing import Final, Protocol
from unicodedata import normalize

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.limits import MAX_PAGE, MAX_ROOMS_EACH, ROOMS_PAGE, SESSION_PAGE
from parlour.core.names.room_names import normalize_room_name
from parlour.core.ports import Peer
from parlour.core.storage import After, Before, Search, SearchRooms
from parlour.history.search_terms import MAX_SEARCH_LENGTH

from .form_session import Post

PAGE_SIZE: Final = 50  # messages on an HTML page
NEIGHBOURS: Final = 20  # messages on each side of a single message
MAX_SEQUENCE: Final = (1 << 53) - 1  # the largest exact integer in JavaScript


class QueryError(ValueError):
    """An invalid parameter; the message names the valid values."""


class RoomNameError(QueryError):
    """A name that no room can have, with the server's *code* for the reason."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.reason)
        self.code = why.code


_NUMBER: Final = re.compile("0|[1-9][0-9]*")  # ASCII, as the server writes numbers


class Arguments(Protocol):
    """The query string of an address."""

    def getlist(self, key: str, /) -> list[str]:
        """Return all values of *key*."""
        ...


def value(arguments: Arguments, key: str) -> str:
    """Return the value of *key*, or an empty string."""
    values = arguments.getlist(key)
    if len(values) > 1:
        raise QueryError(f'"{key}" must be given only once')
    return values[0] if values else ""


def integer(arguments: Arguments, key: str, most: int, *, least: int = 1) -> int | None:
    """Return the integer *key*, from *least* to *most*, or None if it is missing.

    Only ASCII digits are valid, without a sign or leading zeros.
    """
    digits = value(arguments, key)
    if not digits:
        return None
    if _NUMBER.fullmatch(digits) and len(digits) <= len(str(most)):
        number = int(digits)
        if least <= number <= most:
            return number
    raise QueryError(f'"{key}" must be a whole number from {least} to {most:,}')


def number(digits: str) -> int | None:
    """Return a sequence or the number of a device, or None if it is invalid."""
    return int(digits) if _NUMBER.fullmatch(digits) and len(digits) < 19 else None


def room_name(text: str) -> RoomName:
    """Return the name of the room *text*. Raises `RoomNameError`."""
    name = normalize_room_name(text)
    if isinstance(name, Refused):
        raise RoomNameError(name)
    return name


def room(arguments: Arguments) -> RoomName:
    """Return the name of the room; by default the lobby."""
    return room_name(value(arguments, "room") or LOBBY)


def rooms(arguments: Arguments) -> list[RoomName]:
    """Return the names of the rooms to search, each once; by default the lobby."""
    names = value(arguments, "room").split() or [LOBBY]
    if len(names) > MAX_ROOMS_EACH:
        raise QueryError(f'"room" must name at most {MAX_ROOMS_EACH} rooms')
    return list(dict.fromkeys(map(room_name, names)))


def after_name(arguments: Arguments) -> str | None:
    """Return the name after which a list of users or rooms begins, or None."""
    return value(arguments, "after") or None


def room_limit(arguments: Arguments) -> int:
    """Return the number of rooms in a list of the API."""
    return integer(arguments, "limit", MAX_PAGE) or ROOMS_PAGE


def before(arguments: Arguments) -> int | None:
    """Return the sequence before which a page ends, or None for the newest messages."""
    return integer(arguments, "before", MAX_SEQUENCE)


def words(arguments: Arguments) -> str:
    """Return the words to search for; there may be none."""
    found = value(arguments, "q").strip()
    if len(found) > MAX_SEARCH_LENGTH:
        raise QueryError(f'"q" must have at most {MAX_SEARCH_LENGTH} characters')
    return found


def search(
    arguments: Arguments, words: str, heads: Mapping[RoomName, int]
) -> Search | SearchRooms:
    """Return the search for *words* in the rooms of *heads*, their last sequences.

    A search in several rooms has no end: the caller drops later messages.
    """
    end = before(arguments)
    if len(heads) == 1:
        ((room, head),) = heads.items()
        return Search(room, words, _end(end, head), PAGE_SIZE)
    if end is not None:
        raise QueryError('"before" must not be given with several rooms')
    return SearchRooms(tuple(heads), words, PAGE_SIZE)


def up_to(room: RoomName, sequence: int) -> Before:
    """Return the query for the message *sequence* and its neighbours before it."""
    return Before(room, sequence + 1, NEIGHBOURS + 1)


def after(room: RoomName, sequence: int, head: int) -> After:
    """Return the query for the neighbours of *sequence* after it, up to *head*."""
    return After(room, sequence, head, NEIGHBOURS)


def newer_page(room: RoomName, sequence: int, head: int) -> After:
    """Return the query for the page of messages after *sequence*, up to *head*."""
    return After(room, sequence, head, PAGE_SIZE)


def message_list(arguments: Arguments, room: RoomName, head: int) -> Before | After:
    """Return the query for a list in the API; *head* is the newest sequence."""
    limit = integer(arguments, "limit", MAX_PAGE) or SESSION_PAGE
    end = before(arguments)
    after = integer(arguments, "after", MAX_SEQUENCE, least=0)
    if after is not None and end is not None:
        raise QueryError('"before" and "after" must not be given together')
    if after is not None:
        return After(room, after, head, limit)
    return Before(room, _end(end, head), limit)


def _end(before: int | None, head: int) -> int:
    """Return the end of a query: no message after *head* is for those who ask."""
    return head + 1 if before is None else min(before, head + 1)


def code(arguments: Arguments) -> str:
    """Return the code of an invitation, or that in the link that was given instead."""
    return value(arguments, "invite").strip().rpartition("invite=")[2]


def typed_name(arguments: Arguments) -> str:
    """Return the name in a form, as the script would send it."""
    return one_line(value(arguments, "name"))


def one_line(text: str) -> str:
    """Return what was typed into a field of one line, as the script would send it."""
    return " ".join(normalize("NFC", text).split())


def post(arguments: Arguments, peer: Peer) -> Post:
    """Return the message of a form, from *peer*, as the script would send it."""
    name = typed_name(arguments)
    text = value(arguments, "message").replace("\r\n", "\n").rstrip()
    room = room_name(value(arguments, "room"))
    return Post(room, name, text, value(arguments, "id"), peer)
