"""Answers to requests as display items."""

from parlour.client.protocol import answers
from parlour.client.protocol.display_items import Answer, AnswerRow
from parlour.client.protocol.requests import Search
from parlour.core.events import SERVER
from tests.client.protocol.library_client import LibraryClient
from tests.client.server_lines import room, session_line


def test_the_list_of_users_is_in_alphabetical_order() -> None:
    rows = answers.user_list(["bob", "Zora", "alice", "Bob"])

    assert rows == (AnswerRow(SERVER, "4 users: alice, Bob, bob, Zora"),)


def test_a_search_in_all_rooms_shows_the_room_of_each_message() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.request(Search("x", None))
    found = [
        {"room": name, "sequence": number, "time": "T", "source": "Bob", "message": "x"}
        for name, number in (("dev", 3), ("lobby", 7))
    ]

    (answer,) = client.receive(session_line("found", messages=found, more=False))

    assert isinstance(answer, Answer)
    assert answer.room == ""
    assert answer.rows[1:] == (
        AnswerRow("Bob", "x", "T", "3: ", "dev", 3),
        AnswerRow("Bob", "x", "T", "7: ", "lobby", 7),
    )
