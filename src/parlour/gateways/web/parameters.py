"""Parse and validate the parameters of an address."""

import re
from typing import Final, Protocol

from parlour.core.events import LOBBY
from parlour.core.limits import MAX_PAGE, SESSION_PAGE
from parlour.core.storage import After, Before, Search
from parlour.history.search_terms import MAX_SEARCH_LENGTH

PAGE_SIZE: Final = 50  # messages on an HTML page
NEIGHBOURS: Final = 20  # messages on each side of a single message
MAX_SEQUENCE: Final = (1 << 53) - 1  # the largest exact integer in JavaScript


class QueryError(ValueError):
    """An invalid parameter; the message names the valid values."""


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


def sequence(digits: str) -> int | None:
    """Return the sequence in the path of an address, or None if it is invalid."""
    return int(digits) if _NUMBER.fullmatch(digits) and len(digits) < 19 else None


def after_name(arguments: Arguments) -> str | None:
    """Return the name after which a list of users begins, or None."""
    return value(arguments, "after") or None


def older_page(arguments: Arguments) -> Before | None:
    """Return the query for an older page, or None for the newest messages."""
    before = integer(arguments, "before", MAX_SEQUENCE)
    return None if before is None else Before(LOBBY, before, PAGE_SIZE)


def search(arguments: Arguments) -> Search | None:
    """Return the search, or None if it has no words."""
    words = value(arguments, "q").strip()
    if len(words) > MAX_SEARCH_LENGTH:
        raise QueryError(f'"q" must have at most {MAX_SEARCH_LENGTH} characters')
    before = integer(arguments, "before", MAX_SEQUENCE) or MAX_SEQUENCE
    return Search(LOBBY, words, before, PAGE_SIZE) if words else None


def around(sequence: int) -> Before:
    """Return the query for the message *sequence* and its neighbours."""
    return Before(LOBBY, sequence + NEIGHBOURS + 1, 2 * NEIGHBOURS + 1)


def up_to(sequence: int) -> Before:
    """Return the query for the message *sequence* and the messages before it."""
    return Before(LOBBY, sequence + 1, NEIGHBOURS + 1)


def message_list(arguments: Arguments, head: int) -> Before | After:
    """Return the query for a list in the API; *head* is the newest sequence."""
    limit = integer(arguments, "limit", MAX_PAGE) or SESSION_PAGE
    before = integer(arguments, "before", MAX_SEQUENCE)
    after = integer(arguments, "after", MAX_SEQUENCE, least=0)
    if after is not None and before is not None:
        raise QueryError('"before" and "after" must not be given together')
    if after is not None:
        return After(LOBBY, after, head, limit)
    return Before(LOBBY, head + 1 if before is None else before, limit)
