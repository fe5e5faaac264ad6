"""Entering and leaving rooms, and what happens in them."""

import pytest

from parlour.client.protocol.display_items import (
    ProtocolLine,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomList,
    RoomListRow,
)
from parlour.client.protocol.requests import (
    AskRooms,
    Direct,
    Join,
    LeaveRoom,
    Rename,
    Say,
)
from parlour.client.protocol.room_handler import TOO_MANY
from parlour.client.protocol.rooms import MAX_ROOMS
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    message,
    room,
    session_line,
    welcome_to_rooms,
)


def test_hello_asks_for_the_wanted_rooms() -> None:
    assert LibraryClient("lobby", "#Dev").hello()["rooms"] == ["lobby", "dev"]


def test_a_room_of_hello_is_entered_without_a_request() -> None:
    client = LibraryClient("dev")
    line = room("dev", 7, topic="builds")

    items = client.receive(welcome_to_rooms(), line)

    assert items[1:] == [RoomEntered("dev", line[:-1], topic="builds")]


def test_a_joined_room_is_entered_at_the_request_of_the_user() -> None:
    client = LibraryClient()
    client.enter()
    assert client.request(Join("dev")) == [("join", {"room": "dev"})]
    line = room("dev", title="Dev", kept=False)

    assert client.receive(line) == [
        RoomEntered("dev", line[:-1], is_kept=False, is_requested=True, title="Dev")
    ]
    assert client.outbox.is_empty


def test_a_join_is_answered_if_the_client_is_in_the_room_already() -> None:
    client = LibraryClient()
    client.enter(room("lobby", 5))
    client.request(Join("lobby"))

    (entered,) = client.receive(room("lobby", 9))

    assert isinstance(entered, RoomEntered)
    assert entered.is_requested
    assert client.outbox.is_empty
    assert texts(client.receive(message(6))) == [("lobby", "6")]


def test_events_of_a_room_that_the_client_is_not_in_are_for_programs_only() -> None:
    client = LibraryClient()
    client.enter()
    lines = [
        message(3, "dev"),
        session_line("joined", room="dev", name="Bob"),
        session_line("left", room="dev", name="Bob", reason="closed"),
        session_line("topic", room="dev", topic="t", by="Bob"),
        session_line("missed", room="dev", events=1, resume_after=4),
        session_line("closed", room="dev", reason="over"),
    ]

    assert client.receive(*lines) == [ProtocolLine(line[:-1]) for line in lines]


def test_the_client_leaves_a_room_at_the_users_request() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    assert client.request(LeaveRoom("dev")) == [("leave", {"room": "dev"})]
    line = session_line("left", room="dev", name="Ann", reason="left", you=True)

    assert client.receive(line) == [RoomLeft("dev", line[:-1])]
    assert client.outbox.is_empty


def test_a_client_may_be_in_no_room() -> None:
    client = LibraryClient()
    client.enter()
    client.request(LeaveRoom("lobby"))
    client.receive(
        session_line("left", room="lobby", name="Ann", reason="left", you=True)
    )
    client.reconnect()

    hello = client.hello()
    assert hello["rooms"] == []
    assert "resume" not in hello


def test_a_room_that_the_client_did_not_ask_to_leave_is_closed() -> None:
    client = LibraryClient()
    client.enter()
    line = session_line("left", room="lobby", name="Ann", reason="kicked", you=True)

    assert client.receive(line) == [RoomClosed("lobby", line[:-1], "kicked")]


@pytest.mark.parametrize("name", ["Bob", "Ann", "Anna"])
def test_a_user_who_leaves_is_not_this_client(name: str) -> None:
    client = LibraryClient()
    client.enter()
    client.request(Rename("Anna"), LeaveRoom("lobby"))
    line = session_line("left", room="lobby", name=name, reason="left")

    assert texts(client.receive(line)) == [("lobby", f"{name} has left the chat")]
    assert not client.outbox.is_empty


def test_a_left_room_is_entered_again_from_its_present_end() -> None:
    client = LibraryClient()
    client.enter(room("lobby", 5))
    client.request(LeaveRoom("lobby"), Join("lobby"))
    client.receive(
        session_line("left", room="lobby", name="Ann", reason="left", you=True)
    )

    items = client.receive(room("lobby", 9), message(9), message(10))

    assert texts(items) == [("lobby", "10")]


def test_the_open_rooms_are_listed() -> None:
    client = LibraryClient()
    client.enter()
    client.request(AskRooms())
    listed = [{"room": "dev", "topic": "builds", "users": 3}, {"room": "lobby"}]
    line = session_line("rooms", rooms=listed, more=True)

    assert client.receive(line) == [
        RoomList(
            (RoomListRow("dev", "builds", 3), RoomListRow("lobby", "", 0)),
            True,
            line[:-1],
        )
    ]
    assert client.outbox.is_empty


def test_a_list_of_the_rooms_after_one_says_so() -> None:
    client = LibraryClient()
    client.enter()
    client.request(AskRooms("dev"))
    line = session_line("rooms", rooms=[], more=False)

    assert client.receive(line, line) == [
        RoomList((), False, line[:-1], after="dev"),
        RoomList((), False, line[:-1]),
    ]


@pytest.mark.parametrize("name", ["", "x" * 65, 7, None])
def test_an_event_with_an_invalid_room_is_for_programs_only(name: object) -> None:
    client = LibraryClient()
    client.enter()
    line = session_line("message", room=name, sequence=9, source="b", message="m")

    assert client.receive(line) == [ProtocolLine(line[:-1])]


def test_no_more_rooms_are_followed_than_the_bound() -> None:
    client = LibraryClient()
    client.enter()

    for number in range(2 * MAX_ROOMS):
        client.receive(room(f"room{number}"))
    client.reconnect()

    rooms = client.hello()["rooms"]
    assert isinstance(rooms, list)
    assert len(rooms) == MAX_ROOMS


def test_a_line_is_sent_to_the_room_that_it_names() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))

    assert client.request(Say("one", "dev"), Say("two")) == [
        ("message", {"room": "dev", "message": "one", "id": "1"}),
        ("message", {"room": "lobby", "message": "two", "id": "2"}),
    ]


def full_client() -> LibraryClient:
    """Return a client that is in as many rooms as it can be."""
    client = LibraryClient()
    client.enter(room("lobby"), *(room(f"room{n}") for n in range(1, MAX_ROOMS)))
    return client


def test_a_room_beyond_the_bound_is_reported() -> None:
    client = full_client()

    items = client.receive(room("direct:1", other="Bob"))

    assert texts(items) == [("", f"{TOO_MANY}: messages of @Bob are not shown")]


def test_a_direct_message_beyond_the_bound_is_reported_as_not_sent() -> None:
    client = full_client()
    client.request(Direct("bob", "hi"))

    items = client.receive(room("direct:1", other="Bob"))

    assert texts(items)[1:] == [("", f"Not sent to @Bob: {TOO_MANY}")]
    assert client.outbox.is_empty
    assert client.connection.has_refused_line


def test_a_direct_message_beyond_the_bound_does_not_delay_the_next_one() -> None:
    client = full_client()
    client.request(Direct("Bob", "hi"), Direct("Eve", "ho"))

    client.receive(room("direct:1", other="Bob"))

    assert client.sent() == [("direct", {"to": "Eve"})]


def test_a_join_beyond_the_bound_is_answered() -> None:
    client = full_client()
    client.request(Join("more"))

    client.receive(room("more"))

    assert client.outbox.is_empty


def test_the_note_of_a_room_beyond_the_bound_is_one_line() -> None:
    client = full_client()

    ((_, text),) = texts(client.receive(room("direct:1", other="B\nob")))

    assert text == f"{TOO_MANY}: messages of @B ob are not shown"
