"""What an answer of a history may hold at most."""

from collections.abc import Iterable
from typing import Final

from parlour.core.events import Message

MAX_PAGE: Final = 512 << 10  # bytes
MICROSECOND: Final = 1_000_000  # of them in a second


def size(text: str) -> int:
    """Return the bytes of *text* in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def fitting(messages: Iterable[Message]) -> list[Message]:
    """Return the first of *messages* that fit into one page; always one at least."""
    page: list[Message] = []
    room = MAX_PAGE
    for message in messages:
        room -= size(message.source) + size(message.text)
        if room < 0 and page:
            break
        page.append(message)
    return page


def micros(time: float) -> int:
    """Return *time* in whole microseconds, as a history keeps it."""
    return round(time * MICROSECOND)


def seconds(micros: int) -> float:
    """Return the time that `micros` made a number of; exact until the year 2255."""
    return micros / MICROSECOND
