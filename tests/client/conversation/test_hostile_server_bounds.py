"""Whatever a server sends, what the client keeps of it is bounded."""

import json

import pytest

from parlour.client.conversation import MAX_UNSENT, Conversation
from parlour.client.protocol.display_items import Answer, AnswerRow, ChatMessage
from parlour.client.protocol.display_queue import MAX_HELD
from parlour.client.protocol.rooms import MAX_ROOMS
from parlour.client.protocol.send_buffer import MAX_REPLY_BYTES
from parlour.client.protocol.user_lists import MAX_USERS, MAX_USERS_SIZE
from parlour.client.room_views.screen import RoomDisplay
from tests.client.server_lines import (
    message,
    plain_message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)


def test_an_endless_list_of_users_is_truncated() -> None:
    for name in ("n", "n" * 1_000):
        client = Conversation(interactive=False, token="t" * 20)
        client.receive(welcome(4), 0)
        client.submit_line("/users", 0)
        client.items_to_show()
        page = session_line("users", users=[{"name": name}] * 500, more=True)
        for _ in range(1_000):
            client.receive(page, 1)
            client.items_to_show()
        client.receive(session_line("users", users=[], more=False), 2)

        (answer,) = [
            item for item in client.items_to_show() if isinstance(item, Answer)
        ]
        size = sum(len(each.text) for each in answer.rows)
        assert size <= 2 * MAX_USERS_SIZE + 500 * 1_000
        assert size <= 4 * MAX_USERS or name != "n"


def test_the_client_does_not_read_from_a_server_that_does_not_read_replies() -> None:
    client = Conversation(interactive=False, token="t" * 20)
    client.receive(welcome(4), 0)
    ping = session_line("ping", token="t" * 128)
    count = 0
    while client.wants_data:
        client.receive(ping, 1)
        count += 1
        assert count < 10_000
    unsent = len(client.data_to_send())
    assert MAX_REPLY_BYTES <= unsent <= MAX_REPLY_BYTES + 1_000

    client.written(unsent, 2)
    assert not client.wants_data
    client.written(0, 3)
    assert client.wants_data


def test_unsent_lines_of_the_user_do_not_stop_reading() -> None:
    client = Conversation(interactive=False, token="t" * 20)
    client.receive(welcome(4), 0)
    while client.wants_input:
        client.submit_line("x" * 10_000, 0)

    assert client.unsent > MAX_UNSENT // 2
    assert client.wants_data


def test_items_that_wait_for_earlier_messages_are_bounded() -> None:
    client = Conversation(interactive=True, token="t" * 20)
    client.receive(welcome(4), 0)
    flood = b"".join(
        session_line("message", sequence=5 + n, source="s", message="m")
        for n in range(MAX_HELD + 9)
    )
    client.receive(flood, 0.1)

    assert (
        len([each for each in client.items_to_show() if isinstance(each, ChatMessage)])
        > MAX_HELD
    )


def test_items_of_all_rooms_that_wait_are_bounded_together() -> None:
    client = Conversation(
        interactive=True,
        token="t" * 20,
        rooms=("lobby", "dev"),
        room_display=RoomDisplay.ALL,
    )
    client.receive(welcome_to_rooms() + room("lobby", 4), 0)
    client.submit_line("/join ops", 0)
    client.receive(room("ops", 4), 0)
    held = MAX_HELD // 2 - 1
    flood = [message(5 + n, name) for n in range(held) for name in ("lobby", "ops")]
    client.receive(b"".join(flood), 0.1)
    before = [i for i in client.items_to_show() if "Bob" in str(i)]
    client.receive(message(MAX_HELD) + message(MAX_HELD + 1, "ops"), 0.1)

    assert before == []
    assert len([i for i in client.items_to_show() if "Bob" in str(i)]) == MAX_HELD


def test_endless_rooms_are_followed_up_to_the_bound() -> None:
    client = Conversation(interactive=False, token="t" * 20, reconnects=True)
    client.receive(welcome_to_rooms(), 0)
    for number in range(3 * MAX_ROOMS):
        client.receive(room(f"room{number}") + message(1, f"room{number}"), 0)
        client.items_to_show()
    client.disconnected(1)
    client.connected(2)

    hello = json.loads(client.data_to_send())["data"]
    assert len(hello["rooms"]) == len(hello["resume"]) + 1 == MAX_ROOMS


def test_a_huge_name_is_cut() -> None:
    client = Conversation(interactive=False)
    client.receive(plain_message("n" * 3_000_000, "hi"), 0)

    (item,) = client.items_to_show()
    assert isinstance(item, ChatMessage | AnswerRow)
    assert len(item.source) <= 1_024


def test_blank_lines_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> None:
        raise AssertionError("a blank line is parsed")

    client = Conversation(interactive=False, token="t" * 20)
    monkeypatch.setattr(json, "loads", parse)
    client.receive(b"\n" * 10_000, 1)

    assert len(client.items_to_show()) == 10_000
