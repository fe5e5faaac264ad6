"""What peers have not taken of their answers, and those who are gone."""

import asyncio
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from parlour.gateways.web.allowed_hosts import Hosts
from parlour.gateways.web.responses import MAX_UNTAKEN, Answers, Message

PATIENCE = 10.0  # seconds


class Slow:
    """A connection that takes nothing of what it is sent until it is aborted."""

    peer = "192.0.2.1"

    def __init__(self) -> None:
        self.unsent = 0
        self.is_gone = False
        self.has_begun = asyncio.Event()
        self._over = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.unsent += len(message.get("body", b""))
        if message.get("more_body"):
            self.has_begun.set()
        elif message["type"] == "http.response.body":
            await self._over.wait()

    def abort(self) -> None:
        self.is_gone, self.unsent = True, 0
        self._over.set()

    def scope(self, path: str = "/") -> Message:
        return {
            "state": {"connection": self},
            "http_version": "1.1",
            "method": "GET",
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
        }


def test_who_owes_the_longest_is_cut_off_when_all_owe_too_much() -> None:
    size = MAX_UNTAKEN // 3

    def pages(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"x" * size]

    async def play() -> list[bool]:
        answers = Answers(pages, Hosts())
        slow = [Slow() for _ in range(5)]
        async with asyncio.TaskGroup() as group:
            for each in slow:
                group.create_task(answers(each.scope(), None, each.send))
                async with asyncio.timeout(PATIENCE):
                    await each.has_begun.wait()
            gone = [each.is_gone for each in slow]
            for each in slow:
                each.abort()
        answers.close()
        return gone

    assert asyncio.run(play()) == [True, True, False, False, False]


def test_no_page_is_made_for_one_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parlour.gateways.web.responses.WORKERS", 1)
    may_end, made = threading.Event(), list[str]()

    def pages(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        made.append(environment["PATH_INFO"])
        assert may_end.wait(PATIENCE)
        start("200 OK", [])
        return [b"x"]

    async def play() -> None:
        answers = Answers(pages, Hosts())
        first, gone, last = Slow(), Slow(), Slow()
        async with asyncio.TaskGroup() as group:
            for each, path in ((first, "/1"), (gone, "/2"), (last, "/3")):
                group.create_task(answers(each.scope(path), None, each.send))
            await asyncio.sleep(0)
            answers.forget(gone)
            may_end.set()
            for each in (first, last):
                async with asyncio.timeout(PATIENCE):
                    await each.has_begun.wait()
                each.abort()
        answers.close()

    asyncio.run(play())

    assert made == ["/1", "/3"]
