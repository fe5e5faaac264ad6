"""The size limit of a page, in bytes as a client receives them."""

from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii as quote
from typing import Final, TypeVar

from parlour.core.events import Act, Erased, Message, SequencedEvent
from parlour.core.storage import Page

MAX_PAGE_SIZE: Final = 256 << 10  # bytes as encoded; a page has at least one message
MESSAGE_OVERHEAD: Final = 160  # bytes of an encoded message besides source and text
ACT_OVERHEAD: Final = 200  # bytes of an encoded act besides its texts

EventT = TypeVar("EventT", bound=SequencedEvent)


def fit_page(events: Iterable[EventT]) -> list[EventT]:
    """Return as many of the first *events* as fit into a page, but at least one.

    They are messages, or erasures, too.
    """
    page: list[EventT] = []
    remaining = MAX_PAGE_SIZE
    for event in events:
        remaining -= MESSAGE_OVERHEAD + _texts_size(event)
        if remaining < 0 and page:
            break
        page.append(event)
    return page


def _texts_size(event: SequencedEvent) -> int:
    if isinstance(event, Message):
        return encoded_size(event.source) + encoded_size(event.text)
    return encoded_size(event.by) + encoded_size(event.name)


def sequenced_page(
    events: Sequence[SequencedEvent], *, total: int, expired: int
) -> Page:
    """Return the page with the first *events* of *total*, in order."""
    return Page(
        tuple(each for each in events if isinstance(each, Message)),
        total > len(events),
        total,
        expired,
        erasures=tuple(each for each in events if isinstance(each, Erased)),
    )


def fit_acts(acts: Iterable[Act]) -> list[Act]:
    """Return as many of the first *acts* as fit into a page, but at least one."""
    page: list[Act] = []
    remaining = MAX_PAGE_SIZE
    for act in acts:
        texts = act.by, act.action, act.room or "", act.name, act.reason
        remaining -= ACT_OVERHEAD + sum(map(encoded_size, texts))
        if remaining < 0 and page:
            break
        page.append(act)
    return page


def encoded_size(text: str) -> int:
    """Return an upper bound on the size of *text* in either dialect, in bytes.

    A control character takes one byte in the file and six on the wire. In the plain
    dialect, a character that is not ASCII takes six or twelve.
    """
    return len(quote(text)) - 2
