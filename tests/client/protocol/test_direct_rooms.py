"""Direct messages: a room of two, whose name the client does not know in advance."""

import pytest

from parlour.client.protocol.display_items import (
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
)
from parlour.client.protocol.requests import Direct, LeaveRoom, Say
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    error,
    message,
    room,
    session_line,
    welcome_to_rooms,
)


def direct_room(name: str = "direct:1", other: str = "Bob") -> bytes:
    return room(name, kept=False, other=other)


def said(room_name: str, text: str, line_id: str) -> tuple[str, object]:
    return ("message", {"room": room_name, "message": text, "id": line_id})


def test_a_direct_room_is_opened_at_the_request_of_the_user() -> None:
    client = LibraryClient()
    client.enter()

    assert client.request(Direct("Bob")) == [("direct", {"to": "Bob"})]
    assert client.receive(direct_room()) == [
        RoomEntered(
            "direct:1",
            direct_room()[:-1],
            other="Bob",
            is_kept=False,
            is_requested=True,
        )
    ]
    assert client.outbox.is_empty


def test_the_text_is_sent_to_the_room_once_it_is_open() -> None:
    client = LibraryClient()
    client.enter()

    assert client.request(Direct("Bob", "hi")) == [("direct", {"to": "Bob"})]
    client.receive(direct_room())
    assert client.sent() == [said("direct:1", "hi", "1")]
    assert client.outbox.unacknowledged == 1
    client.receive(session_line("stored", id="1", room="direct:1", sequence=1))

    assert client.outbox.is_empty


def test_texts_to_one_user_are_sent_in_order() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Bob", "one"), Direct("Bob", "two"), Say("three"))

    client.receive(direct_room())

    assert client.sent() == [
        said("direct:1", "one", "1"),
        said("direct:1", "two", "2"),
        said("lobby", "three", "3"),
    ]


def test_a_refusal_is_about_the_only_direct_message_without_an_answer() -> None:
    client = LibraryClient()
    client.enter()
    assert client.request(Direct("Nobody", "one"), Direct("Bob", "two")) == [
        ("direct", {"to": "Nobody"})
    ]

    client.receive(error("no_such_user", about="direct"))
    assert client.sent() == [("direct", {"to": "Bob"})]
    client.receive(direct_room())

    assert client.sent() == [said("direct:1", "two", "2")]


@pytest.mark.parametrize("typed", ["bob", " BOB ", "\uff22ob"])
def test_a_user_is_recognised_without_case_and_width(typed: str) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct(typed, "hi"))

    client.receive(direct_room())

    assert client.sent() == [said("direct:1", "hi", "1")]


def test_the_text_is_never_sent_to_somebody_else() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Bob", "secret"))

    (entered,) = client.receive(direct_room("direct:2", "Eve"))

    assert isinstance(entered, RoomEntered)
    assert not entered.is_requested
    assert client.sent() == []
    client.receive(direct_room())
    assert client.sent() == [said("direct:1", "secret", "1")]


def test_a_text_waits_for_the_next_connection_if_no_room_was_opened() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Bob", "hi"))
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby"))
    _, *again = client.sent()
    client.receive(direct_room())

    assert again == [("direct", {"to": "Bob"})]
    assert client.sent() == [said("direct:1", "hi", "1")]


def test_a_text_that_was_sent_is_sent_again_with_its_id() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Bob", "hi"))
    client.receive(direct_room())
    first = client.sent()
    client.reconnect()
    hello = client.hello()
    client.receive(welcome_to_rooms(), room("lobby"), direct_room())

    assert hello["rooms"] == ["lobby", "direct:1"]
    assert client.sent() == first


def test_a_direct_message_of_somebody_opens_a_room() -> None:
    client = LibraryClient()
    client.enter()

    items = client.receive(direct_room(), message(1, "direct:1"))

    assert isinstance(items[0], RoomEntered)
    assert not items[0].is_requested
    assert texts(items) == [("direct:1", "1")]


def test_a_direct_room_is_over_when_the_other_user_leaves() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), direct_room())
    line = session_line("closed", room="direct:1", reason="Bob has left")

    assert client.receive(line) == [RoomClosed("direct:1", line[:-1], "Bob has left")]
    client.reconnect()
    assert client.hello()["rooms"] == ["lobby"]


def test_lines_for_a_direct_room_wait_until_it_is_known_to_be_open() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), direct_room())
    client.reconnect()
    client.request(Say("secret", "direct:1"), Say("public"))

    client.receive(welcome_to_rooms(), room("lobby"))
    assert client.sent() == []
    client.receive(direct_room())

    assert client.sent() == [
        said("direct:1", "secret", "1"),
        ("message", {"room": "lobby", "message": "public", "id": "2"}),
    ]


def test_lines_for_a_direct_room_that_is_over_are_reported_and_not_sent() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), direct_room())
    client.request(Say("in flight", "direct:1"))
    client.reconnect()
    client.request(Say("typed meanwhile", "direct:1"), Say("public"))
    client.sent()
    line = error("no_such_room", about="hello", room="direct:1")

    items = client.receive(welcome_to_rooms(), room("lobby"), line)

    assert items[-1] == RoomClosed(
        "direct:1",
        line[:-1],
        "no_such_room",
        unsent=("typed meanwhile",),
        uncertain=("in flight",),
    )
    assert client.sent() == [
        ("message", {"room": "lobby", "message": "public", "id": "3"})
    ]
    assert client.connection.has_refused_line


def test_the_end_of_a_direct_room_alone_is_no_failure() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), direct_room())
    client.reconnect()

    line = error("no_such_room", about="hello", room="direct:1")
    client.receive(welcome_to_rooms(), room("lobby"), line)

    assert not client.connection.has_refused_line


def test_leaving_a_direct_room_is_answered_by_its_end() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), direct_room())
    client.request(LeaveRoom("direct:1"))
    line = session_line("closed", room="direct:1", reason="Ann has left")

    assert client.receive(line) == [RoomLeft("direct:1", line[:-1])]
    assert client.outbox.is_empty


def test_a_refused_text_is_reported_and_not_sent() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Nobody", "hi"))

    items = client.receive(error("no_such_user", about="direct"))

    line = error("no_such_user", about="direct")[:-1]
    code = "no_such_user"
    assert items == [Refusal(code, line, code, "", "direct", "Nobody", "hi")]
    assert client.sent() == []
    assert client.outbox.is_empty
    assert client.connection.has_refused_line


def test_a_waiting_text_counts_as_a_line_that_is_not_stored() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Direct("Bob", "hi"), Direct("Bob"))

    assert client.outbox.unacknowledged == 1
