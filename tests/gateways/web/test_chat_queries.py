"""Cancelled queries of the chat release their threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from parlour.core.storage import StorageError
from parlour.gateways.web.chat_queries import (
    CANCELLATION,
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
            ServerQueries(server).snapshot()  # type: ignore[arg-type]  # all it calls
        return str(raised.value)

    with ThreadPoolExecutor(1) as threads:
        reason = threads.submit(query)
        assert has_queried.wait(TIMEOUT)
        cancellation.cancel()

        assert reason.result(QUERY_TIMEOUT / 2) == "the request was cancelled"
