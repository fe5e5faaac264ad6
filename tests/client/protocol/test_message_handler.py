"""Messages, topics, renames and notices in the rooms of the client."""

from parlour.client.protocol.display_items import (
    ChatMessage,
    OtherRenamed,
    ProtocolLine,
    TopicChanged,
)
from parlour.client.protocol.requests import (
    SetTopic,
)
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    message,
    room,
    session_line,
)


def test_messages_are_shown_in_their_room_and_once() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby", 5), room("dev", 2))

    items = client.receive(
        message(7), message(3, "dev"), message(7), message(3, "dev"), message(9, "dev")
    )

    assert texts(items) == [("lobby", "7"), ("dev", "3"), ("dev", "9")]


def test_a_topic_is_shown_with_the_user_who_set_it() -> None:
    client = LibraryClient()
    client.enter()
    line = session_line("topic", room="lobby", topic="tea", by="Bob")

    assert client.receive(line) == [TopicChanged("lobby", "tea", "Bob", line[:-1])]


def test_a_topic_that_the_operator_sets_is_not_the_own() -> None:
    client = LibraryClient()
    client.enter()
    client.request(SetTopic("lobby", "tea"))
    line = session_line("topic", room="lobby", topic="tea")

    assert client.receive(line) == [TopicChanged("lobby", "tea", "", line[:-1])]
    assert not client.outbox.is_empty


def test_only_the_own_topic_answers_a_request() -> None:
    client = LibraryClient()
    client.enter()
    client.request(SetTopic("lobby", "tea"))

    client.receive(session_line("topic", room="lobby", topic="milk", by="Bob"))
    before = client.outbox.is_empty
    client.receive(session_line("topic", room="lobby", topic="tea", by="Ann"))

    assert not before
    assert client.outbox.is_empty


def test_a_rename_is_shown_in_each_room_that_the_client_is_in() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    told = [
        session_line("renamed", room=name, name="Bob", to="Rob")
        for name in ("dev", "lobby", "ops")
    ]

    assert client.receive(*told) == [
        ChatMessage("[Server]", "Bob renamed to Rob", told[0][:-1], room="dev"),
        ChatMessage("[Server]", "Bob renamed to Rob", told[1][:-1], room="lobby"),
        ProtocolLine(told[2][:-1]),
    ]


def test_a_rename_without_a_room_is_shown_in_the_current_one() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    line = session_line("renamed", name="Bob", to="Rob")

    assert client.receive(line) == [
        ChatMessage("[Server]", "Bob renamed to Rob", line[:-1], room="")
    ]


def test_the_own_rename_is_recognised_without_a_room() -> None:
    client = LibraryClient()
    client.enter()
    client.receive(session_line("renamed", name="Ann", to="Anna"))

    assert client.connection.name == "Anna"


def test_the_rename_of_the_other_user_of_a_direct_room_is_reported() -> None:
    client = LibraryClient()
    client.enter(room("lobby"), room("direct:1", other="Bob"))

    line = session_line("renamed", room="direct:1", name="Bob", to="Rob")
    items = client.receive(line)

    assert items[1:] == [OtherRenamed("direct:1", "Rob")]


def test_a_storage_failure_is_told_once_for_all_rooms() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    failed = [
        session_line("unkept", room=name, reason="disk full")
        for name in ("lobby", "dev")
    ]
    recovered = [session_line("kept", room=name) for name in ("lobby", "dev")]

    assert texts(client.receive(*failed, *recovered)) == [
        ("", "messages cannot be kept now, and are refused: disk full"),
        ("", "messages are kept again"),
    ]
