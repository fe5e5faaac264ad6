"""What a search does to others, in both drivers: nothing."""

import json
import logging
from threading import Event

import pytest

from parlour.core.events import LOBBY, SessionId
from parlour.core.storage import Draft, Page, Query, Search
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.conversation import Peer
from tests.server.running_servers import PATIENCE, Serve, serve_async, serve_threads

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


class HeldSearches(MemoryStore):
    """A history in which searches take until they may end, or are cancelled."""

    def __init__(self) -> None:
        super().__init__(Retention())
        self.append([Draft(LOBBY, "Romeo", "sun", SessionId(0))], 0.0)
        self.has_begun, self.may_end = Event(), Event()
        self.searched: list[str] = []

    def read(self, query: Query) -> Page:
        if isinstance(query, Search):
            self.searched.append(query.words)
            self.has_begun.set()
            assert self.may_end.wait(PATIENCE)
        return super().read(query)

    def cancel_searches(self) -> None:
        super().cancel_searches()
        self.may_end.set()


def line(kind: str, **data: object) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def say(peer: Peer, kind: str, **data: object) -> None:
    peer.send(line(kind, **data))


def hear(peer: Peer, *kinds: str) -> dict[str, object]:
    """Return the data of the next line of one of *kinds*."""
    while (told := json.loads(peer.receive()))["type"] not in kinds:
        pass
    data: dict[str, object] = told["data"]
    return data


@on_both
def test_others_read_and_speak_while_one_searches(serve: Serve) -> None:
    history = HeldSearches()
    with serve(history=history) as running:
        romeo, juliet = running.connect(), running.connect()
        for peer in (romeo, juliet):
            say(peer, "hello", version=1)
            hear(peer, "welcome")
        say(romeo, "search", words="sun")
        assert history.has_begun.wait(PATIENCE)

        say(juliet, "history")
        say(juliet, "message", message="soft")

        assert hear(juliet, "history")["more"] is False
        assert hear(juliet, "stored")["sequence"] == 2
        history.may_end.set()
        assert len(str(hear(romeo, "found"))) > 0


@on_both
def test_nothing_is_looked_for_once_who_asked_is_gone(serve: Serve) -> None:
    history = HeldSearches()
    with serve(history=history) as running:
        romeo, juliet, nurse = (running.connect() for _ in range(3))
        for peer in (romeo, juliet, nurse):
            say(peer, "hello", version=1)
            hear(peer, "welcome")
        say(romeo, "search", words="sun")
        assert history.has_begun.wait(PATIENCE)

        # In one piece, so that the search has come when the message is heard.
        juliet.send(line("message", message="hi") + line("search", words="moon"))
        hear(nurse, "message")
        juliet.reset()
        hear(nurse, "left")
        say(nurse, "search", words="stars")
        history.may_end.set()

        assert hear(nurse, "found")["messages"] == []
    assert history.searched == ["sun", "stars"]


@on_both
def test_a_server_that_stops_does_not_wait_for_a_search(serve: Serve) -> None:
    history = HeldSearches()
    with serve(history=history) as running:
        romeo = running.connect()
        say(romeo, "hello", version=1)
        hear(romeo, "welcome")
        say(romeo, "search", words="sun")
        assert history.has_begun.wait(PATIENCE)

        running.stop()

        assert hear(romeo, "error")["code"] == "stopping"
        assert hear(romeo, "bye")["code"] == "server_stopping"


@on_both
def test_a_search_that_is_too_long_is_refused_and_no_error(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    history = HeldSearches()
    history.may_end.set()
    with caplog.at_level(logging.DEBUG), serve(history=history) as running:
        romeo = running.connect()
        say(romeo, "hello", version=1)
        hear(romeo, "welcome")

        say(romeo, "search", words="." * 201)

        assert hear(romeo, "error")["code"] == "search_too_long"
    assert "unread" not in caplog.text
