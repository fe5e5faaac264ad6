"""Removes the texts of erased messages from what is still to be delivered."""

from collections import OrderedDict
from typing import Final, overload

from ..events import Erased, HistoryPage, Message, PrivateEvent, RoomName, SearchResults
from ..storage import Page, Purpose, Question

MAX_REMEMBERED: Final = 1000  # erasures; fewer happen while a page is read


class ErasedTexts:
    """The newest erasures. A page that was read before one of them has the text.

    Without erasures, pages are returned unchanged.
    """

    def __init__(self) -> None:
        self._erased: OrderedDict[tuple[RoomName, int], None] = OrderedDict()

    def add(self, erasure: Erased) -> None:
        """Remember an erasure, and forget the oldest one if there are too many."""
        self._erased[erasure.room, erasure.target] = None
        if len(self._erased) > MAX_REMEMBERED:
            self._erased.popitem(last=False)

    def without(self, page: Page, purpose: Purpose) -> Page:
        """Return *page*, read for *purpose*, without what was erased meanwhile."""
        if not self._erased:
            return page
        if purpose in (Purpose.SUMMARY, Purpose.SEARCH):
            left = [each for each in page.messages if not self._is_erased(each)]
        else:
            left = [self._without(each) for each in page.messages]
        return page.replace(messages=tuple(left))

    @overload
    def without_in(self, event: PrivateEvent) -> PrivateEvent: ...

    @overload
    def without_in(self, event: Question) -> Question: ...

    def without_in(self, event: PrivateEvent | Question) -> PrivateEvent | Question:
        """Return *event*, which waits for delivery, without the erased texts."""
        match event:
            case Message():
                return self._without(event)
            case HistoryPage(messages=messages):
                return event.replace(messages=tuple(map(self._without, messages)))
            case SearchResults(messages=messages):
                left = tuple(each for each in messages if not self._is_erased(each))
                return event.replace(messages=left)
            case _:
                return event

    def _without(self, message: Message) -> Message:
        is_new = self._is_erased(message) and not message.is_erased
        return message.erased() if is_new else message

    def _is_erased(self, message: Message) -> bool:
        return (message.room, message.sequence) in self._erased
