"""What the pages may ask of the chat. A driver answers; it owns the hub."""

from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from typing import Final, Literal, Protocol, TypeVar

from parlour.core.events import Refused, Snapshot
from parlour.core.ports import Server
from parlour.core.storage import Page, Query, StorageError

T = TypeVar("T")


class Asker:
    """Somebody for whom a thread asks the chat, and who may go before it answers.

    `leave` may be called from any thread, the rest by the one that asks.
    """

    def __init__(self) -> None:
        self._awaited: Future[Snapshot] | Future[Page | Refused] | None = None
        self.is_gone = False

    def leave(self) -> None:
        """Let nobody wait for an answer any more."""
        self.is_gone = True
        if self._awaited is not None:
            self._awaited.cancel()

    def wait_for(self, found: "Future[Snapshot] | Future[Page | Refused]") -> None:
        """Wait for *found* from now on."""
        self._awaited = found
        if self.is_gone:  # just now
            found.cancel()


ASKER: ContextVar[Asker | None] = ContextVar("ASKER", default=None)
"""For whom this thread asks, if somebody may go."""

Mode = Literal["read", "write"]
"""What those at a page may do: hear the room only, or take part in it, too."""


class Chat(Protocol):
    """The chat, for threads that can wait.

    Both methods raise `history.StorageError` where there is no answer, or none within
    a few seconds.
    """

    def view(self) -> Snapshot:
        """Return what is so now."""
        ...

    def read(self, query: Query) -> Page:
        """Return what the history has for *query*."""
        ...


WAIT: Final = 5.0  # seconds for the driver or the history to answer


class HallChat:
    """The chat of a hall. Its methods wait, and are for threads of their own."""

    def __init__(self, hall: Server) -> None:
        self._hall = hall

    def view(self) -> Snapshot:
        found: Future[Snapshot] = Future()
        if (asker := ASKER.get()) is not None:
            asker.wait_for(found)
        self._hall.snapshot(lambda view: _tell(found, view))
        return _wait(found)

    def read(self, query: Query) -> Page:
        found: Future[Page | Refused] = Future()
        if (asker := ASKER.get()) is not None:
            asker.wait_for(found)
        self._hall.query(
            query, lambda page: _tell(found, page), lambda: not found.cancelled()
        )
        page = _wait(found)
        if isinstance(page, Refused):
            raise StorageError(page.code, page.reason)
        return page


def _tell(found: Future[T], what: T) -> None:
    """Give *what* was found to the one who waits, unless it gave up."""
    if found.set_running_or_notify_cancel():
        found.set_result(what)


def _wait(found: Future[T]) -> T:
    try:
        return found.result(WAIT)
    except CancelledError:
        raise StorageError("busy", "nobody waits for this any more") from None
    except TimeoutError:
        found.cancel()
        reason = "the server is too busy to answer; try again"
        raise StorageError("busy", reason) from None
