"""A search in progress does not affect other members, or the shutdown."""

import logging
from threading import Event

import pytest

from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, SessionId
from parlour.core.storage import Page, Query, Search
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.server.clients import command_line, receive_event, send
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers


class SlowSearches(MemoryStore):
    """A store whose searches wait until the test or a cancellation ends them."""

    def __init__(self) -> None:
        super().__init__(Retention())
        self.append(Batch(0.0, (Said(LOBBY, "Romeo", "sun", SessionId(0)),)))
        self.has_begun, self.may_end = Event(), Event()
        self.searched: list[str] = []

    def read(self, query: Query) -> Page:
        if isinstance(query, Search):
            self.searched.append(query.words)
            self.has_begun.set()
            assert self.may_end.wait(TIMEOUT)
        return super().read(query)

    def cancel_searches(self) -> None:
        super().cancel_searches()
        self.may_end.set()


@on_both_drivers
def test_others_read_and_send_during_a_search(serve: Serve) -> None:
    history = SlowSearches()
    with serve(history=history) as server:
        romeo, juliet = server.connect(), server.connect()
        for peer in (romeo, juliet):
            send(peer, "hello", version=1)
            receive_event(peer, "welcome")
        send(romeo, "search", words="sun")
        assert history.has_begun.wait(TIMEOUT)

        send(juliet, "history")
        send(juliet, "message", message="soft")

        assert receive_event(juliet, "history")["more"] is False
        assert receive_event(juliet, "stored")["sequence"] == 2
        history.may_end.set()
        assert len(str(receive_event(romeo, "found"))) > 0


@on_both_drivers
def test_a_waiting_search_is_dropped_when_its_client_disconnects(
    serve: Serve,
) -> None:
    history = SlowSearches()
    with serve(history=history) as server:
        romeo, juliet, nurse = (server.connect() for _ in range(3))
        for peer in (romeo, juliet, nurse):
            send(peer, "hello", version=1)
            receive_event(peer, "welcome")
        send(romeo, "search", words="sun")
        assert history.has_begun.wait(TIMEOUT)

        # In one write: when the message is delivered, the search has arrived, too.
        message, search = (
            command_line("message", message="hi"),
            command_line("search", words="moon"),
        )
        juliet.send(message + search)
        receive_event(nurse, "message")
        juliet.reset()
        receive_event(nurse, "left")
        send(nurse, "search", words="stars")
        history.may_end.set()

        assert receive_event(nurse, "found")["messages"] == []
    assert history.searched == ["sun", "stars"]


@on_both_drivers
def test_shutdown_does_not_wait_for_a_search(serve: Serve) -> None:
    history = SlowSearches()
    with serve(history=history) as server:
        romeo = server.connect()
        send(romeo, "hello", version=1)
        receive_event(romeo, "welcome")
        send(romeo, "search", words="sun")
        assert history.has_begun.wait(TIMEOUT)

        server.stop()

        assert receive_event(romeo, "error")["code"] == "stopping"
        assert receive_event(romeo, "bye")["code"] == "server_stopping"


@on_both_drivers
def test_a_search_that_is_too_long_is_refused_and_not_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    history = SlowSearches()
    history.may_end.set()
    with caplog.at_level(logging.DEBUG), serve(history=history) as server:
        romeo = server.connect()
        send(romeo, "hello", version=1)
        receive_event(romeo, "welcome")

        send(romeo, "search", words="." * 201)

        assert receive_event(romeo, "error")["code"] == "search_too_long"
    assert "unread" not in caplog.text
