"""Responses stop for closed connections, and their unsent bytes are bounded."""

import asyncio
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from parlour.gateways.web.allowed_origins import AllowedOrigins
from parlour.gateways.web.responses import MAX_UNSENT, Message, Responder

PATIENCE = 10.0  # seconds


async def no_body() -> Message:
    return {"type": "http.request"}


class SlowConnection:
    """A connection whose peer receives nothing until the connection is aborted."""

    def __init__(self) -> None:
        self.unsent = 0
        self.is_closed = False
        self.has_started = asyncio.Event()
        self._is_aborted = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.unsent += len(message.get("body", b""))
        if message.get("more_body"):
            self.has_started.set()
        elif message["type"] == "http.response.body":
            await self._is_aborted.wait()

    def abort(self) -> None:
        self.is_closed, self.unsent = True, 0
        self._is_aborted.set()

    def scope(self, path: str = "/") -> Message:
        return {
            "state": {"connection": self},
            "http_version": "1.1",
            "method": "GET",
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
        }


def test_the_oldest_connections_are_aborted_over_the_limit_of_unsent_bytes() -> None:
    size = MAX_UNSENT // 3

    def pages(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"x" * size]

    async def run() -> list[bool]:
        responder = Responder(pages, AllowedOrigins(), network_of=str)
        connections = [SlowConnection() for _ in range(5)]
        async with asyncio.TaskGroup() as group:
            for each in connections:
                group.create_task(responder(each.scope(), no_body, each.send))
                async with asyncio.timeout(PATIENCE):
                    await each.has_started.wait()
            aborted = [each.is_closed for each in connections]
            for each in connections:
                each.abort()
        responder.close()
        return aborted

    assert asyncio.run(run()) == [True, True, False, False, False]


def test_no_page_is_rendered_for_a_closed_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("parlour.gateways.web.responses.WORKERS", 1)
    may_return, rendered = threading.Event(), list[str]()

    def pages(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        rendered.append(environment["PATH_INFO"])
        assert may_return.wait(PATIENCE)
        start("200 OK", [])
        return [b"x"]

    async def run() -> None:
        responder = Responder(pages, AllowedOrigins(), network_of=str)
        first, closed, last = SlowConnection(), SlowConnection(), SlowConnection()
        async with asyncio.TaskGroup() as group:
            for each, path in ((first, "/1"), (closed, "/2"), (last, "/3")):
                group.create_task(responder(each.scope(path), no_body, each.send))
            await asyncio.sleep(0)
            responder.cancel(closed)
            may_return.set()
            for each in (first, last):
                async with asyncio.timeout(PATIENCE):
                    await each.has_started.wait()
                each.abort()
        responder.close()

    asyncio.run(run())

    assert rendered == ["/1", "/3"]
