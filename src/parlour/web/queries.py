"""What an address asks for, or what is wrong with it."""

from collections.abc import Mapping
from typing import Final

from parlour.core.events import LOBBY, After, Before, Search
from parlour.core.limits import MAX_PAGE, SESSION_PAGE

PAGE: Final = 50  # messages on a page for people
AROUND: Final = 20  # messages on each side of the one that is looked for
MAX_WORDS: Final = 200  # characters to search for
MAX_SEQUENCE: Final = (1 << 53) - 1  # what a script in a browser can count to


class QueryError(ValueError):
    """An address asks for what cannot be; the reason says what would be right."""


def whole(arguments: Mapping[str, str], key: str, most: int) -> int | None:
    """Return the whole number from 1 to *most* that is called *key*, if it is there."""
    given = arguments.get(key, "")
    if not given:
        return None
    if given.isascii() and given.isdigit() and len(given) <= len(str(most)):
        number = int(given)
        if 1 <= number <= most:
            return number
    raise QueryError(f'"{key}" is a whole number from 1 to {most:,}')


def earlier(arguments: Mapping[str, str]) -> Before | None:
    """Return the query for an older page, unless the newest is wanted."""
    before = whole(arguments, "before", MAX_SEQUENCE)
    return None if before is None else Before(LOBBY, before, PAGE)


def words(arguments: Mapping[str, str]) -> Search | None:
    """Return the search, if there are words to search for."""
    wanted = arguments.get("q", "").strip()
    if len(wanted) > MAX_WORDS:
        raise QueryError(f'"q" has at most {MAX_WORDS} characters')
    before = whole(arguments, "before", MAX_SEQUENCE) or MAX_SEQUENCE
    return Search(LOBBY, wanted, before, PAGE) if wanted else None


def around(sequence: int) -> Before:
    """Return the query for the message *sequence* and its neighbours."""
    return Before(LOBBY, sequence + AROUND + 1, 2 * AROUND + 1)


def listing(arguments: Mapping[str, str], head: int) -> Before | After:
    """Return what a program asks for, with *head* the last message there is."""
    limit = whole(arguments, "limit", MAX_PAGE) or SESSION_PAGE
    before = whole(arguments, "before", MAX_SEQUENCE)
    given = arguments.get("after", "")
    if given and before is not None:
        raise QueryError('either "before" or "after" is given, not both')
    if given:
        after = 0 if given == "0" else whole(arguments, "after", MAX_SEQUENCE) or 0
        return After(LOBBY, after, head, limit)
    return Before(LOBBY, head + 1 if before is None else before, limit)
