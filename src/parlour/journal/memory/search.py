"""Searches in a store in memory."""

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import Final

from parlour.core.events import Message
from parlour.core.storage import Page
from parlour.history.pages import fit_page
from parlour.history.search_deadline import SearchDeadline
from parlour.history.search_terms import text_matcher

MESSAGES_PER_CHECK: Final = 16  # searched between two checks of the deadline


def search_messages(
    rooms: Sequence[Sequence[Message]], words: str, limit: int, deadline: SearchDeadline
) -> Page:
    """Return the last *limit* messages with all of *words* in *rooms*, by time."""
    matches = text_matcher(words)
    newest_first = merge(
        *map(reversed, rooms), key=lambda message: message.time, reverse=True
    )
    found = (
        message
        for number, message in enumerate(newest_first, 1)
        if (number % MESSAGES_PER_CHECK or deadline.check()) and matches(message.text)
    )
    wanted = list(islice(found, limit + 1))
    messages = fit_page(wanted[:limit])[::-1]
    return Page(tuple(messages), len(wanted) > len(messages), len(messages))
