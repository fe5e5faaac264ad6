"""Answers to requests as display items."""

from parlour.client.protocol import answers
from parlour.client.protocol.display_items import Answer, AnswerRow
from parlour.client.protocol.requests import Search
from parlour.client.protocol.server_events import ListedUser
from parlour.core.events import SERVER
from tests.client.protocol.library_client import LibraryClient
from tests.client.server_lines import room, session_line


def test_the_list_of_users_is_in_alphabetical_order() -> None:
    names = "bob", "Zora", "alice", "Bob"
    rows = answers.user_list(list(map(ListedUser, names)))

    assert rows == (AnswerRow(SERVER, "4 users: alice, Bob, bob, Zora"),)


def test_each_role_has_a_row_below_the_list_of_users() -> None:
    pairs = ("Pat", "moderator"), ("Bob", ""), ("Ada", "owner"), ("meg", "moderator")
    rows = answers.user_list([ListedUser(*pair) for pair in pairs])

    assert [row.text for row in rows] == [
        "4 users: Ada, Bob, meg, Pat",
        "owner: Ada",
        "moderators: meg, Pat",
    ]
    assert {row.source for row in rows} == {SERVER}


def test_no_name_looks_like_a_role() -> None:
    names = "Mallory (admin)", "Bob, Eve (owner)"
    rows = answers.user_list(list(map(ListedUser, names)))

    assert [row.text for row in rows] == ["2 users: Bob, Eve (owner), Mallory (admin)"]


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
