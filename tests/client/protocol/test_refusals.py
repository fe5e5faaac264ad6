"""Errors of the server: what they are about, and what follows."""

import pytest

from parlour.client.protocol.display_items import Refusal, RoomClosed, RoomLeft
from parlour.client.protocol.requests import (
    AskHistory,
    AskRooms,
    AskUsers,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Rename,
    Request,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import error, room, welcome, welcome_to_rooms

REQUESTS: list[tuple[Request, str]] = [
    (Join("dev"), "join"),
    (LeaveRoom("dev"), "leave"),
    (SetTopic("dev", "t"), "topic"),
    (Direct("Bob"), "direct"),
    (Ignore("Bob"), "ignore"),
    (Unignore("Bob"), "unignore"),
    (AskHistory(room="dev"), "history"),
    (Search("x", "dev"), "search"),
    (AskUsers("dev"), "users"),
    (AskRooms(), "rooms"),
]


@pytest.mark.parametrize(("request_", "about"), REQUESTS)
def test_an_error_answers_the_request_that_it_is_about(
    request_: Request, about: str
) -> None:
    client = LibraryClient()
    client.enter()
    client.request(request_)
    line = error("a_new_code", about=about)

    assert client.receive(line) == [
        Refusal("a_new_code", line[:-1], "a_new_code", "", about)
    ]
    assert client.outbox.is_empty


def test_an_error_answers_the_request_about_its_room() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Join("one"), Join("two"))

    client.receive(error("room_unavailable", about="join", room="two"))
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby"))

    assert client.sent()[1:] == [("join", {"room": "one"})]


def test_a_refused_command_counts_as_a_refusal_and_a_question_does_not() -> None:
    asking, joining = LibraryClient(), LibraryClient()
    for client in (asking, joining):
        client.enter()
    asking.request(AskRooms())
    joining.request(Join("dev"))

    asking.receive(error("busy", about="rooms"))
    joining.receive(error("room_unavailable", about="join", room="dev"))

    assert not asking.connection.has_refused_line
    assert joining.connection.has_refused_line


@pytest.mark.parametrize("code", ["stopping", "outcome_unknown"])
def test_a_command_that_a_server_may_accept_later_is_repeated(code: str) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Join("dev"))

    client.receive(error(code, about="join", room="dev"))
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby"))

    assert client.sent()[1:] == [("join", {"room": "dev"})]
    assert not client.connection.has_refused_line


def test_a_room_of_hello_that_a_stopping_server_refuses_is_wanted_again() -> None:
    client = LibraryClient("lobby", "dev")
    refused = error("stopping", about="hello", room="dev")
    items = client.receive(welcome_to_rooms(), room("lobby"), refused)
    client.reconnect()

    assert not any(isinstance(item, RoomClosed) for item in items)
    assert client.hello()["rooms"] == ["lobby", "dev"]


def test_a_refused_line_has_its_room() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Say("hi", "dev"))

    items = client.receive(error("not_in_room", about="message", room="dev", id="1"))

    assert texts(items) == [("dev", "not_in_room")]
    assert client.outbox.is_empty
    assert client.connection.has_refused_line


@pytest.mark.parametrize("code", ["not_in_room", "no_such_room"])
def test_the_text_of_a_line_to_a_room_that_was_left_is_returned(code: str) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Say("hi", "direct:1"))
    line = error(code, about="message", room="direct:1", id="1")

    (item,) = client.receive(line)

    assert item == Refusal(code, line[:-1], code, "direct:1", "message", unsent="hi")


def test_a_room_of_hello_that_cannot_be_entered_is_closed() -> None:
    client = LibraryClient("lobby", "dev")
    line = error("room_unavailable", about="hello", room="dev")

    items = client.receive(welcome_to_rooms(), room("lobby"), line)
    client.reconnect()

    assert items[-1] == RoomClosed("dev", line[:-1], "room_unavailable")
    assert client.hello()["rooms"] == ["lobby"]
    assert client.connection.has_refused_line


def test_a_room_that_the_client_is_not_in_counts_as_left() -> None:
    client = LibraryClient()
    client.enter(room("lobby"))
    client.request(LeaveRoom("lobby"))
    line = error("not_in_room", about="leave", room="lobby")

    assert client.receive(line) == [RoomLeft("lobby", line[:-1])]


@pytest.mark.parametrize("about", ["set-name", "hello"])
def test_an_error_about_a_name_refuses_the_wanted_name(about: str) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Rename("Bob"))

    client.receive(error("name_taken", about=about))
    client.reconnect()

    assert "name" not in client.hello()


@pytest.mark.parametrize(
    "more",
    [
        {"about": "hello"},
        {"about": "ping"},
        {"about": "join", "room": "dev"},
        {},
    ],
)
def test_an_error_about_something_else_does_not_refuse_the_name(
    more: dict[str, object],
) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Rename("Bob"))

    client.receive(error("too_many_rooms", **more))
    client.reconnect()

    assert client.hello()["name"] == "Bob"


def test_a_server_of_release_1_does_not_say_what_an_error_is_about() -> None:
    client = LibraryClient()
    client.receive(welcome(0))
    client.request(Rename("Bob"), AskUsers())

    client.receive(error("a_new_code"), error("history_busy"))
    client.reconnect()

    assert "name" not in client.hello()
    assert client.outbox.is_empty
