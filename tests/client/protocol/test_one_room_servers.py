"""Servers with one room, plain ones and those of release 1: requests are refused here.

A line for another room is never sent to the only room of the server.
"""

import pytest

from parlour.client.protocol.display_items import RoomClosed, RoomEntered
from parlour.client.protocol.negotiation import MAX_UNANSWERED, WELCOME_TIMEOUT
from parlour.client.protocol.requests import (
    AskHistory,
    AskRooms,
    AskUsers,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Request,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from tests.client.protocol.library_client import LibraryClient, lose_hello, texts
from tests.client.server_lines import (
    ENTERED,
    message,
    plain_message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

PLAIN = ENTERED + plain_message("Bob", "1") + plain_message("Bob", "2")
NOT_POSSIBLE = "Not possible: this server has one room"
REFUSED: list[tuple[Request, str]] = [
    (Join("dev"), NOT_POSSIBLE),
    (Join("lobby"), NOT_POSSIBLE),
    (LeaveRoom("lobby"), NOT_POSSIBLE),
    (SetTopic("lobby", "t"), NOT_POSSIBLE),
    (Ignore("Bob"), NOT_POSSIBLE),
    (Unignore("Bob"), NOT_POSSIBLE),
    (AskRooms(), NOT_POSSIBLE),
    (AskHistory(room="dev"), NOT_POSSIBLE),
    (Search("x", "dev"), NOT_POSSIBLE),
    (AskUsers("dev"), NOT_POSSIBLE),
    (Say("hi", "dev"), "Not sent to #dev: this server has one room"),
    (Direct("Bob"), "Not opened: this server has no direct messages"),
    (Direct("Bob", "hi"), "Not sent: this server has no direct messages"),
]


def client_of(server: bytes) -> LibraryClient:
    """Return a client of a *server* that begins like this."""
    client = LibraryClient()
    client.receive(server, now=0.1)
    client.connection.tick(WELCOME_TIMEOUT)
    client.sent()
    client.shown()
    return client


@pytest.mark.parametrize("server", [PLAIN, welcome(0)], ids=["plain", "release 1"])
@pytest.mark.parametrize(("request_", "note"), REFUSED)
def test_a_request_about_rooms_is_refused_and_not_sent(
    request_: Request, note: str, server: bytes
) -> None:
    client = client_of(server)

    assert client.request(request_) == []
    assert texts(client.shown()) == [("", note)]
    assert client.outbox.is_empty
    assert client.connection.has_refused_line


@pytest.mark.parametrize("server", [PLAIN, welcome(0)], ids=["plain", "release 1"])
def test_requests_about_the_lobby_are_sent(server: bytes) -> None:
    client = client_of(server)

    sent = client.request(Say("hi"), AskUsers(), AskHistory())

    assert [kind for kind, _ in sent] == ["message", "users", "history"]


def test_a_search_in_all_rooms_finds_what_is_in_the_only_one() -> None:
    client = client_of(welcome(0))
    client.request(Search("x", None))
    line = session_line("found", room="lobby", messages=[], more=False)

    assert client.receive(line)
    assert client.outbox.is_empty


def test_requests_about_rooms_wait_until_the_server_is_known() -> None:
    client = LibraryClient()
    client.sent()

    assert client.request(Say("hi", "dev"), Join("dev")) == []
    client.receive(welcome_to_rooms(), room("lobby"))

    assert [kind for kind, _ in client.sent()] == ["message", "join"]


@pytest.mark.parametrize("server", [PLAIN, welcome(0)], ids=["plain", "release 1"])
def test_a_line_for_another_room_is_not_sent_after_a_reconnect(server: bytes) -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    for now in range(10, 10 * MAX_UNANSWERED, 10):
        lose_hello(client, now)
    client.reconnect(30.0)
    client.sent()
    client.request(Say("for dev", "dev"), Say("for all"))

    client.receive(server, now=30.1)
    client.connection.tick(99.0)
    client.connection.flush(99.0)

    assert [data for kind, data in client.sent() if kind == "message"] in (
        ["for all"],
        [{"room": "lobby", "message": "for all", "id": "2"}],
    )


@pytest.mark.parametrize("server", [PLAIN, welcome(0)], ids=["plain", "release 1"])
def test_the_other_rooms_are_closed_while_the_server_has_one(server: bytes) -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev", 3))
    for now in range(10, 10 * MAX_UNANSWERED, 10):
        lose_hello(client, now)
    client.reconnect(30.0)
    closed = client.receive(server, now=30.1)
    client.connection.tick(99.0)
    closed += client.shown()
    client.reconnect(100.0)
    hello = client.hello()

    items = client.receive(welcome_to_rooms(), room("lobby"), room("dev", 9), now=101.0)

    assert RoomClosed("dev", b"", "this server has one room") in closed
    assert hello["rooms"] == ["lobby", "dev"]
    assert hello["resume"] == {
        "lobby": {"epoch": "e", "sequence": 0},
        "dev": {"epoch": "e", "sequence": 3},
    }
    assert [item.room for item in items if isinstance(item, RoomEntered)] == [
        "lobby",
        "dev",
    ]


def test_a_client_without_the_lobby_is_in_it_if_there_is_no_other_room() -> None:
    client = LibraryClient("dev")
    client.enter(room("dev"))
    client.reconnect()

    items = client.receive(welcome(5), message(6))

    assert RoomClosed("dev", b"", "this server has one room") in items
    assert RoomEntered("lobby", b"") in items
    assert texts(items)[-1] == ("lobby", "6")


def test_a_client_that_wants_other_rooms_lacks_them_on_a_server_with_one() -> None:
    wanting, content = LibraryClient("dev"), LibraryClient()
    for client in (wanting, content):
        client.receive(welcome(0))

    assert wanting.connection.lacks_rooms
    assert not content.connection.lacks_rooms


def test_a_client_that_lacks_its_rooms_sends_and_shows_nothing() -> None:
    client = LibraryClient("dev")
    client.sent()
    client.receive(PLAIN, now=0.1)
    client.connection.tick(WELCOME_TIMEOUT)

    assert client.request(Say("hi", "dev"), Say("ho")) == []
    assert texts(client.receive(plain_message("Bob", "3"))) == []


def test_a_server_that_has_had_rooms_may_lose_them() -> None:
    client = LibraryClient("dev")
    client.enter(room("dev"))
    client.reconnect()
    client.receive(welcome(0))

    assert not client.connection.lacks_rooms


def test_lines_of_the_lobby_before_the_welcome_are_for_those_who_want_it() -> None:
    early = ENTERED + plain_message("Bob", "1")
    wanting, other = LibraryClient("lobby", "dev"), LibraryClient("dev")

    assert [text for _, text in texts(wanting.receive(early, now=0.1))] == [
        "192.0.2.1:9 has entered the chat",
        "1",
    ]
    assert texts(other.receive(early, now=0.1)) == []
    assert texts(other.receive(welcome_to_rooms(), room("dev"))) == []


def test_a_late_welcome_makes_rooms_possible() -> None:
    client = client_of(PLAIN)
    client.receive(welcome_to_rooms(), room("lobby"))

    assert client.request(Join("dev")) == [("join", {"room": "dev"})]


def test_a_closed_room_is_reported_once_however_often_the_client_reconnects() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    closed = []
    for now in (2.0, 4.0):
        client.reconnect(now)
        items = client.receive(welcome(0), now=now)
        closed += [item for item in items if isinstance(item, RoomClosed)]

    assert closed == [RoomClosed("dev", b"", "this server has one room")]
