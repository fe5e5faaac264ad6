"""What an answer of a history may hold at most."""

from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as quote
from typing import Final

from parlour.core.events import Message

MAX_PAGE: Final = 256 << 10  # bytes as they are sent; always one message at least
FRAME: Final = 160  # bytes of a message that are neither its source nor its text
MICROSECOND: Final = 1_000_000  # of them in a second
MAX_TIME: Final = 253_370_764_800.0  # seconds: the year 9999, which an import refuses


def size(text: str) -> int:
    """Return the bytes of *text* in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def sent_size(text: str) -> int:
    """Return how many bytes *text* takes at most, in either dialect and in JSON.

    A control character is one byte in a file and six on the wire, and so is a letter
    of three bytes in the plain dialect.
    """
    return len(quote(text)) - 2


def fitting(messages: Iterable[Message]) -> list[Message]:
    """Return the first of *messages* that fit into one page; always one at least."""
    page: list[Message] = []
    room = MAX_PAGE
    for message in messages:
        room -= FRAME + sent_size(message.source) + sent_size(message.text)
        if room < 0 and page:
            break
        page.append(message)
    return page


def micros(time: float) -> int:
    """Return *time* in whole microseconds, as a history keeps it."""
    return round(time * MICROSECOND)


def clamped(time: float) -> float:
    """Return the wall time *time*, or the nearest that an export can spell."""
    return min(max(time, 0.0), MAX_TIME - 1)


def seconds(micros: int) -> float:
    """Return the time that `micros` made a number of; exact until the year 2255."""
    return micros / MICROSECOND
