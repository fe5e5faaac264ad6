"""Cancelled queries of the chat release their threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from parlour.core.events import LOBBY, ListedRoom, RoomName
from parlour.core.storage import StorageError
from parlour.gateways.web import chat_queries
from parlour.gateways.web.chat_queries import (
    CANCELLATION,
    LONG_LIST,
    QUERY_TIMEOUT,
    Cancellation,
    ServerQueries,
)
from tests.server.running_servers import TIMEOUT


def test_a_cancelled_query_releases_its_thread() -> None:
    cancellation, has_queried = Cancellation(), threading.Event()

    class SilentServer:
        """A server that never responds."""

        def snapshot(self, *_: object) -> None:
            has_queried.set()

    def query() -> str:
        CANCELLATION.set(cancellation)
        server = SilentServer()
        with pytest.raises(StorageError) as raised:
            ServerQueries(server).snapshot(LOBBY)  # type: ignore[arg-type]  # all it calls
        return str(raised.value)

    with ThreadPoolExecutor(1) as threads:
        reason = threads.submit(query)
        assert has_queried.wait(TIMEOUT)
        cancellation.cancel()

        assert reason.result(QUERY_TIMEOUT / 2) == "the request was cancelled"


class RoomServer:
    """A server with *count* rooms that counts the requests for their list."""

    def __init__(self, count: int) -> None:
        self.requests = 0
        self._rooms = [ListedRoom(RoomName(f"r{n}"), "", 0) for n in range(count)]

    def rooms(self, done: Callable[[list[ListedRoom]], None]) -> None:
        self.requests += 1
        done(self._rooms)


@pytest.mark.parametrize(("count", "requests"), [(LONG_LIST - 1, 3), (LONG_LIST, 1)])
def test_a_long_list_of_rooms_is_requested_once_in_a_while(
    count: int, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_queries, "LONG_LIST_AGE", TIMEOUT)
    server = RoomServer(count)
    queries = ServerQueries(server)  # type: ignore[arg-type]  # all it calls

    assert [len(queries.rooms()) for _ in range(3)] == [count] * 3

    assert server.requests == requests
