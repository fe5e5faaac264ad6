"""What the pages may ask of the chat. A driver answers; it owns the hub."""

from concurrent.futures import Future
from typing import Final, Literal, Protocol, TypeVar

from parlour.core.doors import Hall
from parlour.core.events import Page, Query, Refused, View
from parlour.history import HistoryError

T = TypeVar("T")

Mode = Literal["read", "write"]
"""What those at a page may do: hear the room only, or take part in it, too."""


class Chat(Protocol):
    """The chat, for threads that can wait.

    Both methods raise `history.HistoryError` where there is no answer, or none within
    a few seconds.
    """

    def view(self) -> View:
        """Return what is so now."""
        ...

    def read(self, query: Query) -> Page:
        """Return what the history has for *query*."""
        ...


WAIT: Final = 5.0  # seconds for the driver or the history to answer


class HallChat:
    """The chat of a hall. Its methods wait, and are for threads of their own."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def view(self) -> View:
        found: Future[View] = Future()
        self._hall.look(lambda view: _tell(found, view))
        return _wait(found)

    def read(self, query: Query) -> Page:
        found: Future[Page | Refused] = Future()
        self._hall.ask(
            query, lambda page: _tell(found, page), lambda: not found.cancelled()
        )
        page = _wait(found)
        if isinstance(page, Refused):
            raise HistoryError(page.code, page.reason)
        return page


def _tell(found: Future[T], what: T) -> None:
    """Give *what* was found to the one who waits, unless it gave up."""
    if found.set_running_or_notify_cancel():
        found.set_result(what)


def _wait(found: Future[T]) -> T:
    try:
        return found.result(WAIT)
    except TimeoutError:
        found.cancel()
        reason = "the server is too busy to answer; try again"
        raise HistoryError("busy", reason) from None
