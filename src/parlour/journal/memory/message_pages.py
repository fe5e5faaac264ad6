"""Reads pages of messages, and of erasures, from a room in memory."""

from itertools import islice

from parlour.core.events import Message
from parlour.core.limits import MAX_TEXTS_ERASED
from parlour.core.names.folding import fold_key
from parlour.core.storage import (
    FOUND_AMONG,
    After,
    Before,
    FindMessage,
    FindTexts,
    Page,
)
from parlour.history.pages import fit_page, sequenced_page

from .room import MemoryRoom


def read_page(
    room: MemoryRoom, query: Before | After | FindMessage | FindTexts
) -> Page:
    """Return the page that answers *query*, about *room*, which was just pruned."""
    match query:
        case Before():
            return _before(room, query)
        case After():
            return _after(room, query)
        case FindMessage():
            return _found(room, query)
        case FindTexts():
            return _texts(room, query)


def _before(room: MemoryRoom, query: Before) -> Page:
    limit, has_erased = max(query.limit, 0), query.has_erased
    low, high = room.floor, min(query.sequence - 1, room.head)
    unwanted = room.unwanted(low, high, has_erased=has_erased)
    total = room.count(low, high) - unwanted
    wanted = list(islice(room.newest(high, has_erased=has_erased), limit))
    messages = fit_page(wanted)[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _after(room: MemoryRoom, query: After) -> Page:
    limit, has_erasures = max(query.limit, 0), query.has_erasures
    low = min(max(query.sequence, room.floor), room.head)
    high = min(query.head, room.head)
    total = room.count(low, high)
    if not has_erasures:
        total -= room.unwanted(low, high, has_erased=True)
    wanted = room.stored_after(low, high, limit, has_erasures=has_erasures)
    expired = room.count(query.sequence, min(room.floor, query.head))
    return sequenced_page(fit_page(wanted), total=total, expired=expired)


def _found(room: MemoryRoom, query: FindMessage) -> Page:
    if query.sequence is not None:
        found = room.find(query.sequence)
    else:
        key, low = fold_key(query.name), room.head - FOUND_AMONG
        said_by = (
            each
            for each in room.newest(room.head, has_erased=False)
            if each.sequence > low and fold_key(each.source) == key
        )
        found = next(said_by, None)
    messages = () if found is None else (found,)
    return Page(messages, has_more=False, total=len(messages))


def _texts(room: MemoryRoom, query: FindTexts) -> Page:
    low = query.sequence
    high = low + FOUND_AMONG
    said = room.stored_after(low, high, FOUND_AMONG, has_erasures=False)
    own = (
        each
        for each in said
        if isinstance(each, Message)
        and each.account == query.account
        and not each.is_erased
    )
    found = tuple(islice(own, MAX_TEXTS_ERASED))
    return Page(found, has_more=high < room.head, total=len(found))
