"""Queries of the chat for the pages. The server, which owns the hub, answers them."""

from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from typing import Final, Protocol, TypeVar

from parlour.core.events import LOBBY, Refused, Snapshot
from parlour.core.ports import Server
from parlour.core.storage import Page, Query, StorageError

T = TypeVar("T")

QUERY_TIMEOUT: Final = 5.0  # seconds until the server or the history must respond


class Cancellation:
    """Cancels the queries of one request, including later ones.

    `cancel` may be called from any thread, `watch` only from the querying thread.
    """

    def __init__(self) -> None:
        self._pending: Future[Snapshot] | Future[Page | Refused] | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """Cancel the pending query."""
        self.is_cancelled = True
        if self._pending is not None:
            self._pending.cancel()

    def watch(self, result: "Future[Snapshot] | Future[Page | Refused]") -> None:
        """Make *result* the pending query."""
        self._pending = result
        if self.is_cancelled:  # since the caller last checked
            result.cancel()


CANCELLATION: ContextVar[Cancellation | None] = ContextVar("CANCELLATION", default=None)
"""The cancellation of the request that this thread responds to."""


class ChatQueries(Protocol):
    """Queries of the chat, for threads that may block.

    Both methods raise `StorageError` if the chat fails or does not answer in time.
    """

    def snapshot(self) -> Snapshot:
        """Return the current users and the newest sequence."""
        ...

    def read(self, query: Query) -> Page:
        """Return the messages that match *query*."""
        ...


class ServerQueries:
    """Queries that *server* answers in its own thread. The methods block."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def snapshot(self) -> Snapshot:
        result: Future[Snapshot] = Future()
        if (cancellation := CANCELLATION.get()) is not None:
            cancellation.watch(result)
        self._server.snapshot(LOBBY, lambda snapshot: _resolve(result, snapshot))
        return _wait(result)

    def read(self, query: Query) -> Page:
        result: Future[Page | Refused] = Future()
        if (cancellation := CANCELLATION.get()) is not None:
            cancellation.watch(result)
        self._server.query(
            query, lambda page: _resolve(result, page), lambda: not result.cancelled()
        )
        page = _wait(result)
        if isinstance(page, Refused):
            raise StorageError(page.code, page.reason)
        return page


def _resolve(result: Future[T], value: T) -> None:
    """Set *result* to *value*, unless it was cancelled."""
    if result.set_running_or_notify_cancel():
        result.set_result(value)


def _wait(result: Future[T]) -> T:
    try:
        return result.result(QUERY_TIMEOUT)
    except CancelledError:
        raise StorageError("busy", "the request was cancelled") from None
    except TimeoutError:
        result.cancel()
        reason = "the server is too busy to answer; try again"
        raise StorageError("busy", reason) from None
