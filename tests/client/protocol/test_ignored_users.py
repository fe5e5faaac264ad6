"""Ignored users: the server keeps the list, and the client hides their messages."""

import pytest

from parlour.client.protocol import answers
from parlour.client.protocol.display_items import (
    Answer,
    IgnoredList,
    Note,
    ProtocolLine,
)
from parlour.client.protocol.ignored_users import MAX_IGNORED, IgnoredUsers
from parlour.client.protocol.requests import AskHistory, Ignore, Search, Unignore
from parlour.client.protocol.server_events import Message, MessagePage
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import message, room, session_line, welcome_to_rooms


def ignored(*names: str) -> bytes:
    return session_line("ignored", names=names)


def test_the_answer_to_ignore_is_the_whole_list() -> None:
    client = LibraryClient()
    client.enter()
    assert client.request(Ignore("Bob"), Unignore("Eve")) == [
        ("ignore", {"name": "Bob"}),
        ("unignore", {"name": "Eve"}),
    ]

    items = client.receive(ignored("Bob", "Eve"), ignored("Bob"))

    assert items == [
        IgnoredList(("Bob", "Eve"), ignored("Bob", "Eve")[:-1], is_requested=True),
        IgnoredList(("Bob",), ignored("Bob")[:-1], is_requested=True),
    ]
    assert client.outbox.is_empty


def test_the_list_after_the_welcome_is_not_an_answer() -> None:
    client = LibraryClient()

    items = client.receive(welcome_to_rooms(), ignored("Bob"), room("lobby"))

    assert items[1] == IgnoredList(("Bob",), ignored("Bob")[:-1], is_requested=False)


def test_messages_of_ignored_users_are_for_programs_only_in_every_room() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.receive(ignored("bob"))
    hidden = message(1), message(1, "dev")

    items = client.receive(*hidden, message(2, "dev", source="Eve"))

    assert items[:2] == [ProtocolLine(line[:-1]) for line in hidden]
    assert texts(items) == [("dev", "2")]


def test_messages_are_shown_again_after_unignore() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"), ignored())

    assert texts(client.receive(message(1))) == [("lobby", "1")]


@pytest.mark.parametrize("name", ["bob", "\uff22\uff4f\uff42", "B\u00ba\u1d47"])
def test_names_are_equal_as_they_are_for_the_server(name: str) -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored(name))

    assert texts(client.receive(message(1, source="Bob"))) == []


def test_a_hidden_message_is_not_requested_again() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"), message(7))
    client.reconnect()

    assert client.hello()["resume"] == {"lobby": {"epoch": "e", "sequence": 7}}


@pytest.mark.parametrize(
    ("request_", "kind", "heading"),
    [
        (AskHistory(), "history", "the last 3 of 3 messages:"),
        (AskHistory(before=4), "history", "the last 3 messages before 4:"),
        (Search("x"), "found", "3 messages with “x”:"),
    ],
)
def test_answers_count_the_messages_that_they_do_not_show(
    request_: AskHistory | Search, kind: str, heading: str
) -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"))
    client.request(request_)
    found = [
        {"room": "lobby", "sequence": number, "source": source, "message": "x"}
        for number, source in ((1, "Bob"), (2, "Eve"), (3, "Bob"))
    ]

    answer, note = client.receive(
        session_line(kind, room="lobby", messages=found, more=False)
    )

    assert isinstance(answer, Answer)
    assert [row.source for row in answer.rows] == ["[Server]", "Eve"]
    assert answer.rows[0].text == heading
    text = "2 of them are of users whom you ignore, and not shown"
    assert note == Note(text, "lobby")


@pytest.mark.parametrize(
    ("request_", "kind", "heading"),
    [
        (AskHistory(), "history", "the last 1 of 1 message:"),
        (Search("x"), "found", "1 message with “x”:"),
    ],
)
def test_an_answer_of_which_nothing_is_shown_still_counts_what_there_is(
    request_: AskHistory | Search, kind: str, heading: str
) -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"))
    client.request(request_)
    found = [{"room": "lobby", "sequence": 1, "source": "Bob", "message": "x"}]

    answer, note = client.receive(
        session_line(kind, room="lobby", messages=found, more=False)
    )

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == [heading]
    assert note == Note(
        "1 of them is of a user whom you ignore, and not shown", "lobby"
    )


def test_the_recent_messages_are_counted_like_other_answers() -> None:
    found = tuple(
        Message("lobby", number, "T", source, "x")
        for number, source in ((1, "Bob"), (2, "Eve"))
    )
    page = MessagePage("lobby", found, more=True, is_search=False)

    heading, _, hidden = answers.recent(page, b"", ignored={"Bob"})

    text = "the last 2 messages; older: /history before 1:"
    assert heading == Note(text, "lobby", is_heading=True)
    assert hidden == Note(
        "1 of them is of a user whom you ignore, and not shown", "lobby"
    )


PONG = session_line("pong", token="ignored?")


def test_a_server_that_has_lost_the_list_gets_it_again() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob", "Eve"))
    client.reconnect()
    client.sent()

    client.receive(welcome_to_rooms(), room("lobby"))
    assert client.sent() == [("ping", {"token": "ignored?"})]
    client.receive(PONG)

    assert client.sent() == [("ignore", {"name": "Bob"}), ("ignore", {"name": "Eve"})]


def test_a_resumed_session_keeps_its_list() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"))
    client.reconnect()
    client.sent()

    client.receive(welcome_to_rooms(), ignored("Bob"), room("lobby"), PONG)

    assert client.sent() == [("ping", {"token": "ignored?"})]


def test_users_stay_ignored_while_the_list_is_sent_again() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob", "Eve"))
    client.reconnect()

    client.receive(welcome_to_rooms(), room("lobby"), PONG, ignored("Bob"))

    assert texts(client.receive(message(1, source="Eve"))) == []


def test_a_user_can_be_unignored_while_the_list_is_sent_again() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(ignored("Bob"))
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby"), PONG)
    client.request(Unignore("Bob"))

    client.receive(ignored())

    assert texts(client.receive(message(1))) == [("lobby", "1")]


def test_the_list_is_bounded() -> None:
    users = IgnoredUsers()

    kept = users.replace(f"user {number}" for number in range(MAX_IGNORED + 1))

    assert len(kept) == MAX_IGNORED
    assert f"user {MAX_IGNORED}" not in users
