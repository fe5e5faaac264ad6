"""Queries of the chat for the pages. The server, which owns the hub, answers them."""

from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from functools import partial
from time import monotonic
from typing import Final, Protocol, TypeVar

from parlour.core.events import ListedRoom, Refused, RoomName, Snapshot
from parlour.core.ports import Peer, Server
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.storage import Page, Query, StorageError

T = TypeVar("T")

QUERY_TIMEOUT: Final = 5.0  # seconds until the server or the history must respond
LONG_LIST: Final = 500  # rooms whose list is not made again for each request
LONG_LIST_AGE: Final = 1.0  # seconds for which a long list is used


class Cancellable(Protocol):
    """A pending result."""

    def cancel(self) -> bool:
        """Cancel it, unless it is there already."""
        ...


class Cancellation:
    """Cancels the queries of one request, including later ones.

    `cancel` may be called from any thread, `watch` only from the querying thread.
    """

    def __init__(self) -> None:
        self._pending: Cancellable | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """Cancel the pending query."""
        self.is_cancelled = True
        if self._pending is not None:
            self._pending.cancel()

    def watch(self, result: Cancellable) -> None:
        """Make *result* the pending query."""
        self._pending = result
        if self.is_cancelled:  # since the caller last checked
            result.cancel()


CANCELLATION: ContextVar[Cancellation | None] = ContextVar("CANCELLATION", default=None)
"""The cancellation of the request that this thread responds to."""


class RoomQueries(Protocol):
    """Queries about rooms, for threads that may block.

    All methods raise `StorageError` if the chat fails or does not answer in time.
    """

    def snapshot(self, room: RoomName, account: str = "") -> Snapshot | None:
        """Return the users and the newest sequence of a room, open or closed.

        It is None if the room is not open and has no history, or if it is private and
        the account is not in it.
        """
        ...

    def rooms(self) -> list[ListedRoom]:
        """Return the open public rooms, sorted by name."""
        ...

    def read(self, query: Query) -> Page:
        """Return the messages that match *query*.

        The caller has checked that the person who asks may read its rooms, up to the
        last message at that time: the history may answer late, and what is said after
        the check may be private.
        """
        ...


class ChatQueries(RoomQueries, Protocol):
    """All queries of the chat. The rules of `RoomQueries` apply."""

    def own_rooms(self, account: str) -> OwnRooms:
        """Return the rooms and the invitations of an account."""
        ...

    def ban(
        self, peer: Peer, account: str, room: RoomName | None = None
    ) -> Refused | None:
        """Return why *peer* is banned from a room, or None.

        Without a *room*, it is the whole server.
        *account* is the name of the one with which it has signed in, or empty.
        """
        ...

    def readable(
        self, rooms: Collection[RoomName], peer: Peer, account: str
    ) -> dict[RoomName, int | Refused]:
        """Return the last sequence of each of *rooms* now, or why it must not be read.

        Rooms of which the person who asks must not know are left out.
        """
        ...


class ServerQueries:
    """Queries that *server* answers in its own thread. The methods block."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._long_list: tuple[float, list[ListedRoom]] = 0.0, []

    def snapshot(self, room: RoomName, account: str = "") -> Snapshot | None:
        result: Future[Snapshot | None] = Future()
        return wait(result, partial(self._server.snapshot, room, account))

    def own_rooms(self, account: str) -> OwnRooms:
        result: Future[OwnRooms] = Future()
        return wait(result, partial(self._server.own_rooms, account))

    def rooms(self) -> list[ListedRoom]:
        made_at, rooms = self._long_list
        if rooms and monotonic() - made_at < LONG_LIST_AGE:
            return rooms
        result: Future[list[ListedRoom]] = Future()
        rooms = wait(result, self._server.rooms)
        is_long = len(rooms) >= LONG_LIST
        self._long_list = monotonic(), rooms if is_long else []
        return rooms

    def ban(
        self, peer: Peer, account: str, room: RoomName | None = None
    ) -> Refused | None:
        result: Future[Refused | None] = Future()
        return wait(result, partial(self._server.ban, peer, account, room))

    def readable(
        self, rooms: Collection[RoomName], peer: Peer, account: str
    ) -> dict[RoomName, int | Refused]:
        result: Future[dict[RoomName, int | Refused]] = Future()
        return wait(result, partial(self._server.readable, rooms, peer, account))

    def read(self, query: Query) -> Page:
        result: Future[Page | Refused] = Future()
        page = wait(
            result,
            lambda done: self._server.query(
                query, done, lambda: not result.cancelled()
            ),
        )
        if isinstance(page, Refused):
            raise StorageError(page.code, page.reason)
        return page


def wait(
    result: Future[T],
    ask: Callable[[Callable[[T], None]], None],
    timeout: float = QUERY_TIMEOUT,
) -> T:
    """Return what *ask* passes to its argument, by way of *result*.

    Raises `StorageError` after *timeout* seconds.
    """
    if (cancellation := CANCELLATION.get()) is not None:
        cancellation.watch(result)
    ask(lambda value: _resolve(result, value))
    try:
        return result.result(timeout)
    except CancelledError:
        raise StorageError("busy", "the request was cancelled") from None
    except TimeoutError:
        result.cancel()
        reason = "the server is too busy to answer; try again"
        raise StorageError("busy", reason) from None


def _resolve(result: Future[T], value: T) -> None:
    """Set *result* to *value*, unless it was cancelled."""
    if result.set_running_or_notify_cancel():
        result.set_result(value)
