"""An error names the type of the line that it refuses, and its room."""

import pytest

from parlour.core.rules import Rules
from tests.core.fake_server import FakeServer
from tests.core.room_peers import ask, connect_in, lines, people_in

Data = dict[str, object]

WRONG_DATA: dict[str, Data] = {
    "message": {"message": 5},
    "set-name": {"name": 5},
    "history": {"limit": "x"},
    "search": {"words": 5},
    "users": {"room": 5},
    "rooms": {"limit": "x"},
    "join": {"room": 5},
    "leave": {"room": 5},
    "topic": {"room": "lobby", "topic": 5},
    "direct": {"to": 5},
    "ignore": {"name": 5},
    "unignore": {"name": 5},
}
IN_OPS: dict[str, Data] = {
    "message": {"room": "ops", "message": "x"},
    "history": {"room": "ops"},
    "search": {"room": "ops", "words": "x"},
    "users": {"room": "ops"},
    "leave": {"room": "ops"},
    "topic": {"room": "ops", "topic": "x"},
}
FOR_USERS: dict[str, Data] = {
    "message": {"room": "lobby", "message": "x"},
    "join": {"room": "lobby"},
    "leave": {"room": "lobby"},
    "topic": {"room": "lobby", "topic": "x"},
    "direct": {"to": "Ann"},
    "ignore": {"name": "Ann"},
    "unignore": {"name": "Ann"},
}


@pytest.mark.parametrize("kind", WRONG_DATA)
def test_a_line_with_wrong_data_is_named(kind: str) -> None:
    (ann,) = people_in(FakeServer(), "lobby", names="Ann")

    ((answer, error),) = ask(ann, kind, **WRONG_DATA[kind])

    assert (answer, error["about"]) == ("error", kind)


@pytest.mark.parametrize("kind", IN_OPS)
def test_a_line_for_an_unknown_room_is_named_with_the_room(kind: str) -> None:
    (ann,) = people_in(FakeServer(), "lobby", names="Ann")

    ((answer, error),) = ask(ann, kind, **IN_OPS[kind])

    assert (answer, error["about"], error["room"]) == ("error", kind, "ops")


@pytest.mark.parametrize("kind", FOR_USERS)
def test_a_line_that_a_watcher_may_not_send_is_named(kind: str) -> None:
    watcher = connect_in(FakeServer(), "Ann", "lobby", watch=True)
    lines(watcher)

    ((answer, error),) = ask(watcher, kind, **FOR_USERS[kind])

    assert (answer, error["about"]) == ("error", kind)
    assert error.get("room") == FOR_USERS[kind].get("room")


def test_where_guests_only_read_a_message_asks_them_to_sign_in() -> None:
    server = FakeServer(rules=Rules(guests="read"))
    guest = server.connect()

    guest.send_text("hello")
    server.turn()

    assert guest.read() == ["[Server]: this server is for people who have an account"]
