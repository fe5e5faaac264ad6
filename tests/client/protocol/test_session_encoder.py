"""The lines that a client sends in the session dialect."""

import json

import pytest

from parlour.client.protocol.cursor import Cursor
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
from parlour.client.protocol.session_encoder import MAX_LINE, encode, hello


@pytest.mark.parametrize(
    ("request_", "kind", "data"),
    [
        (Say("hi", "dev"), "message", {"room": "dev", "message": "hi", "id": "7"}),
        (AskHistory(5, 9, "dev"), "history", {"room": "dev", "limit": 5, "before": 9}),
        (Search("x", "dev"), "search", {"room": "dev", "words": "x"}),
        (Search("x", None), "search", {"words": "x", "all": True}),
        (AskUsers("dev"), "users", {"room": "dev"}),
        (AskRooms(), "rooms", {}),
        (AskRooms("dev", 5), "rooms", {"after": "dev", "limit": 5}),
        (Join("dev"), "join", {"room": "dev"}),
        (LeaveRoom("dev"), "leave", {"room": "dev"}),
        (SetTopic("dev", ""), "topic", {"room": "dev", "topic": ""}),
        (Direct("Bob", "hi"), "direct", {"to": "Bob"}),
        (Ignore("Bob"), "ignore", {"name": "Bob"}),
        (Unignore("Bob"), "unignore", {"name": "Bob"}),
        (Say("\ud800"), "message", {"room": "lobby", "message": "\ufffd", "id": "7"}),
    ],
)
def test_a_request_is_one_line(request_: Request, kind: str, data: object) -> None:
    line = encode(request_, "7")

    assert line.endswith(b"\n")
    assert json.loads(line) == {"type": kind, "data": data}


def test_hello_names_the_rooms_and_how_far_they_were_read() -> None:
    found = hello("", "", ["lobby", "dev"], {"dev": Cursor("e", 7)})

    data = json.loads(found.line)["data"]
    assert data["rooms"] == ["lobby", "dev"]
    assert data["resume"] == {"dev": {"epoch": "e", "sequence": 7}}
    assert found.resumed == {"dev"}


def test_hello_is_ascii_since_the_server_may_be_an_old_one() -> None:
    assert hello("", "", ["caf\xe9"], {}).line.isascii()


def test_hello_leaves_out_the_last_cursors_that_do_not_fit() -> None:
    rooms = ["\U00010428" * 28 + f"{number:04}" for number in range(100)]
    cursors = {room: Cursor("e" * 128, 2**53 - 1) for room in rooms}

    found = hello("t" * 128, "n" * 32, rooms, cursors)

    data = json.loads(found.line)["data"]
    assert len(found.line) <= MAX_LINE + 1
    assert data["rooms"] == rooms
    assert list(data["resume"]) == rooms[: len(found.resumed)]
    assert 0 < len(found.resumed) < 100
