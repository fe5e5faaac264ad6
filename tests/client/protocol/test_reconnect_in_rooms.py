"""Reconnecting in all rooms at once: each has its own epoch, position and gaps."""

from parlour.client.protocol.display_items import Note, RoomEntered, RoomLeft
from parlour.client.protocol.requests import Join, LeaveRoom, Say
from parlour.client.protocol.session_encoder import MAX_LINE
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    error,
    message,
    room,
    session_line,
    welcome_to_rooms,
)

LOST = "Messages sent in the meantime are lost"


def two_rooms() -> LibraryClient:
    """Return a client that has read two rooms, and has lost its connection."""
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby", 5), room("dev", 2, epoch="f"))
    client.receive(message(8), message(4, "dev"))
    client.reconnect()
    return client


def test_hello_has_the_position_in_each_room() -> None:
    hello = two_rooms().hello()

    assert hello["rooms"] == ["lobby", "dev"]
    assert hello["resume"] == {
        "lobby": {"epoch": "e", "sequence": 8},
        "dev": {"epoch": "f", "sequence": 4},
    }


def test_a_room_entered_meanwhile_is_resumed_too() -> None:
    client = LibraryClient()
    client.enter(room("lobby", 5))
    client.request(Join("dev"))
    client.receive(room("dev", 3, epoch="f"))
    client.reconnect()

    hello = client.hello()
    assert hello["rooms"] == ["lobby", "dev"]
    assert hello["resume"] == {
        "lobby": {"epoch": "e", "sequence": 5},
        "dev": {"epoch": "f", "sequence": 3},
    }


def test_each_room_is_entered_again_and_replayed_without_duplicates() -> None:
    client = two_rooms()

    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 12),
        message(8),
        message(12),
        room("dev", 9, epoch="f"),
        message(4, "dev"),
        message(9, "dev"),
    )

    entered = [item.room for item in items if isinstance(item, RoomEntered)]
    assert entered == ["lobby", "dev"]
    assert texts(items) == [("lobby", "12"), ("dev", "9")]


def test_a_room_is_not_heard_again_before_it_is_entered_again() -> None:
    client = two_rooms()

    items = client.receive(welcome_to_rooms(), room("lobby", 8), message(9, "dev"))

    assert texts(items) == []
    assert texts(client.receive(room("dev", 8, epoch="f"), message(9, "dev"))) == [
        ("dev", "9")
    ]


def test_a_gap_is_reported_in_its_room() -> None:
    client = two_rooms()

    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 12),
        message(12),
        room("dev", 90, epoch="f", recovered=False),
        session_line("missed", room="dev", events=30, resume_after=80),
        message(90, "dev"),
    )

    assert texts(items) == [
        ("lobby", "12"),
        ("dev", "30 messages are older than this server keeps"),
        ("dev", "90"),
    ]


def test_a_recreated_history_concerns_its_room_alone() -> None:
    client = two_rooms()

    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 8),
        message(3),
        room("dev", 1, epoch="g", recovered=False),
        session_line("missed", room="dev", events=None, resume_after=1),
        message(1, "dev"),
        message(2, "dev"),
    )
    client.reconnect(3.0)

    assert texts(items) == [("dev", LOST), ("dev", "2")]
    assert client.hello()["resume"] == {
        "lobby": {"epoch": "e", "sequence": 8},
        "dev": {"epoch": "g", "sequence": 2},
    }


def test_a_gap_that_the_server_does_not_report_is_noted() -> None:
    client = two_rooms()

    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 90, recovered=False),
        message(90),
        message(91),
    )

    assert texts(items) == [("lobby", LOST), ("lobby", "90"), ("lobby", "91")]


def test_a_gap_that_was_not_reported_yet_is_requested_again() -> None:
    client = two_rooms()
    client.receive(
        welcome_to_rooms(), room("lobby", 9), room("dev", 9, epoch="g", recovered=False)
    )
    client.reconnect(3.0)

    resume = client.hello()["resume"]
    assert isinstance(resume, dict)
    assert resume["dev"] == {"epoch": "f", "sequence": 4}


def test_a_lagging_client_is_told_of_a_gap_like_of_a_notice() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))

    items = client.receive(
        session_line("missed", room="dev", events=3, resume_after=7),
        message(7, "dev"),
        message(8, "dev"),
        message(1),
    )

    assert texts(items) == [
        ("dev", "you fell behind and missed 3 lines"),
        ("dev", "8"),
        ("lobby", "1"),
    ]


def test_the_end_of_an_outage_is_reported_once_for_all_rooms() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.display.outage.begin(1.0)
    client.reconnect()

    items = client.receive(welcome_to_rooms(), room("lobby"), room("dev"), now=5.0)

    assert [item for item in items if isinstance(item, Note)] == [
        Note("Reconnected after 4 s")
    ]


def test_the_messages_caught_up_in_all_rooms_are_counted() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.display.outage.begin(1.0)
    client.reconnect()

    before = client.receive(
        *(welcome_to_rooms(), room("lobby", 5), message(2), message(5)),
        *(message(6), room("dev", 9), message(3, "dev")),
        now=5.0,
    )
    after = client.receive(message(9, "dev"), message(10, "dev"), now=7.0)

    assert [text for _, text in texts(before)] == ["2", "5", "6", "3"]
    assert texts(after) == [
        ("dev", "9"),
        ("", "Reconnected after 4 s, 4 messages caught up"),
        ("dev", "10"),
    ]


def test_a_replay_ends_with_the_own_join_if_the_last_sequence_is_a_hole() -> None:
    client = LibraryClient()
    client.enter()
    client.display.outage.begin(1.0)
    client.reconnect()

    items = client.receive(
        *(welcome_to_rooms(), room("lobby", 5), message(3)),
        session_line("joined", room="lobby", name="Ann"),
        message(6),
        now=5.0,
    )

    assert texts(items)[:3] == [
        ("lobby", "3"),
        ("lobby", "Ann has entered the chat"),
        ("", "Reconnected after 4 s, 1 message caught up"),
    ]


def test_a_replay_that_is_cut_off_is_reported_when_the_connection_ends() -> None:
    client = LibraryClient()
    client.enter()
    client.display.outage.begin(1.0)
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby", 5), message(3), now=5.0)

    client.connection.ended(6.0)

    assert texts(client.shown()) == [("", "Reconnected after 4 s, 1 message caught up")]
    assert client.display.outage.begin(6.0)


def test_lines_keep_their_room_across_a_reconnect() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.request(Say("sent", "dev"))
    client.reconnect()
    client.hello()
    client.request(Say("typed offline", "dev"), Say("for all"))

    client.receive(welcome_to_rooms(), room("lobby"), room("dev"))

    assert client.sent() == [
        ("message", {"room": "dev", "message": "sent", "id": "1"}),
        ("message", {"room": "dev", "message": "typed offline", "id": "2"}),
        ("message", {"room": "lobby", "message": "for all", "id": "3"}),
    ]


def test_a_line_for_a_room_that_is_gone_is_refused_and_not_sent_elsewhere() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.request(Say("hi", "dev"))
    client.reconnect()
    gone = error("no_such_room", about="hello", room="dev")
    client.receive(welcome_to_rooms(), room("lobby"), gone)

    assert [data for kind, data in client.sent() if kind == "message"] == [
        {"room": "dev", "message": "hi", "id": "1"}
    ]
    client.receive(error("not_in_room", about="message", room="dev", id="1"))
    assert client.outbox.is_empty


def test_a_join_without_an_answer_is_repeated() -> None:
    client = LibraryClient()
    client.enter()
    client.request(Join("dev"))
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby"))

    assert client.sent()[1:] == [("join", {"room": "dev"})]


def test_hello_does_not_ask_for_a_room_that_the_user_is_leaving() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.request(LeaveRoom("dev"))
    client.reconnect()
    hello = client.hello()
    client.receive(welcome_to_rooms(), room("lobby"))
    repeated = client.sent()

    items = client.receive(error("not_in_room", about="leave", room="dev"))

    assert hello["rooms"] == ["lobby"]
    assert repeated == [("leave", {"room": "dev"})]
    assert [item.room for item in items if isinstance(item, RoomLeft)] == ["dev"]
    assert client.outbox.is_empty


def test_hello_asks_for_a_room_in_which_a_line_waits_before_it_is_left() -> None:
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    client.request(Say("bye", "dev"), LeaveRoom("dev"))
    client.reconnect()

    assert client.hello()["rooms"] == ["lobby", "dev"]


def test_a_room_whose_position_did_not_fit_into_hello_may_have_a_gap() -> None:
    names = ["\U00010428" * 28 + f"{number:04}" for number in range(100)]
    client = LibraryClient(*names)
    client.enter(*(room(name, 5, epoch="e" * 128) for name in names))
    client.reconnect()
    resume = client.hello()["resume"]
    assert isinstance(resume, dict)
    assert len(str(resume)) < MAX_LINE

    items = client.receive(
        welcome_to_rooms(),
        room(names[0], 7, epoch="e" * 128),
        room(names[-2], 5, epoch="e" * 128),
        room(names[-1], 7, epoch="e" * 128),
        message(8, names[-1]),
    )

    assert names[-1] not in resume
    assert texts(items) == [(names[-1], LOST), (names[-1], "8")]
