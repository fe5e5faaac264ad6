"""The size limit of a page, in bytes as a client receives them."""

from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as quote
from typing import Final

from parlour.core.events import Act, Message

MAX_PAGE_SIZE: Final = 256 << 10  # bytes as encoded; a page has at least one message
MESSAGE_OVERHEAD: Final = 160  # bytes of an encoded message besides source and text
ACT_OVERHEAD: Final = 200  # bytes of an encoded act besides its texts


def fit_page(messages: Iterable[Message]) -> list[Message]:
    """Return as many of the first *messages* as fit into a page, but at least one."""
    page: list[Message] = []
    remaining = MAX_PAGE_SIZE
    for message in messages:
        remaining -= (
            MESSAGE_OVERHEAD + encoded_size(message.source) + encoded_size(message.text)
        )
        if remaining < 0 and page:
            break
        page.append(message)
    return page


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
