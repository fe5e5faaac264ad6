"""What an address asks for, or what is wrong with it."""

import re
from typing import Final, Protocol

from parlour.core.events import LOBBY
from parlour.core.limits import MAX_PAGE, SESSION_PAGE
from parlour.core.storage import After, Before, Search
from parlour.history.search_terms import MAX_SEARCH_LENGTH

PAGE: Final = 50  # messages on a page for people
AROUND: Final = 20  # messages on each side of the one that is looked for
MAX_SEQUENCE: Final = (1 << 53) - 1  # what a script in a browser can count to


class QueryError(ValueError):
    """An address asks for what cannot be; the reason says what would be right."""


NUMBER: Final = re.compile("0|[1-9][0-9]*")  # in ASCII, as it is written back


class Arguments(Protocol):
    """What stands behind the question mark of an address."""

    def getlist(self, key: str, /) -> list[str]:
        """Return all that is given as *key*."""
        ...


def given(arguments: Arguments, key: str) -> str:
    """Return what is given as *key*, or nothing."""
    values = arguments.getlist(key)
    if len(values) > 1:
        raise QueryError(f'"{key}" is given once')
    return values[0] if values else ""


def whole(arguments: Arguments, key: str, most: int, *, least: int = 1) -> int | None:
    """Return the whole number *key* from *least* to *most*, if it is there.

    It is written in ASCII digits, without a sign and without zeros before it.
    """
    spelled = given(arguments, key)
    if not spelled:
        return None
    if NUMBER.fullmatch(spelled) and len(spelled) <= len(str(most)):
        number = int(spelled)
        if least <= number <= most:
            return number
    raise QueryError(f'"{key}" is a whole number from {least} to {most:,}')


def sequence(spelled: str) -> int | None:
    """Return the sequence that an address names, if it is one."""
    return int(spelled) if NUMBER.fullmatch(spelled) and len(spelled) < 19 else None


def name(arguments: Arguments) -> str | None:
    """Return the name after which people are told, if it is there."""
    return given(arguments, "after") or None


def earlier(arguments: Arguments) -> Before | None:
    """Return the query for an older page, unless the newest is wanted."""
    before = whole(arguments, "before", MAX_SEQUENCE)
    return None if before is None else Before(LOBBY, before, PAGE)


def words(arguments: Arguments) -> Search | None:
    """Return the search, if there are words to search for."""
    wanted = given(arguments, "q").strip()
    if len(wanted) > MAX_SEARCH_LENGTH:
        raise QueryError(f'"q" has at most {MAX_SEARCH_LENGTH} characters')
    before = whole(arguments, "before", MAX_SEQUENCE) or MAX_SEQUENCE
    return Search(LOBBY, wanted, before, PAGE) if wanted else None


def around(sequence: int) -> Before:
    """Return the query for the message *sequence* and its neighbours."""
    return Before(LOBBY, sequence + AROUND + 1, 2 * AROUND + 1)


def upto(sequence: int) -> Before:
    """Return the query for the message *sequence* where those after it fill a page."""
    return Before(LOBBY, sequence + 1, AROUND + 1)


def listing(arguments: Arguments, head: int) -> Before | After:
    """Return what a program asks for, with *head* the last message there is."""
    limit = whole(arguments, "limit", MAX_PAGE) or SESSION_PAGE
    before = whole(arguments, "before", MAX_SEQUENCE)
    after = whole(arguments, "after", MAX_SEQUENCE, least=0)
    if after is not None and before is not None:
        raise QueryError('either "before" or "after" is given, not both')
    if after is not None:
        return After(LOBBY, after, head, limit)
    return Before(LOBBY, head + 1 if before is None else before, limit)
