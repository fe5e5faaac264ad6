"""What an interactive client asks by itself when it enters a room."""

from parlour.client.protocol.display_items import (
    Answer,
    ChatMessage,
    Live,
    Note,
    UserList,
)
from parlour.client.protocol.entry_questions import (
    MAX_EARLY,
    RECENT_MESSAGES,
    RECENT_TIMEOUT,
)
from parlour.client.protocol.negotiation import PLAIN_TIMEOUT
from parlour.client.protocol.requests import (
    AskHistory,
    AskUsers,
    Direct,
    Join,
    LeaveRoom,
    Say,
)
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    ENTERED,
    error,
    message,
    plain_message,
    room,
    session_line,
    welcome_to_rooms,
)


def user(*rooms: str, completes_names: bool = False) -> LibraryClient:
    client = LibraryClient(*rooms, interactive=True, completes_names=completes_names)
    client.sent()
    return client


def recent(name: str, before: int) -> tuple[str, object]:
    limit = RECENT_MESSAGES
    return ("history", {"room": name, "limit": limit, "before": before})


def page(name: str, *sequences: int) -> bytes:
    messages = [
        {"room": name, "sequence": each, "source": "Bob", "message": f"{each}"}
        for each in sequences
    ]
    return session_line("history", room=name, messages=messages, more=False)


def users(name: str, *names: str) -> bytes:
    listed = [{"name": each} for each in names]
    return session_line("users", room=name, users=listed, more=False)


def test_only_the_first_room_of_hello_is_asked_about() -> None:
    client = user("lobby", "dev", completes_names=True)

    client.receive(welcome_to_rooms(), room("lobby", 5), room("dev", 3))

    assert client.sent() == [("users", {"room": "lobby"}), recent("lobby", 6)]


def test_a_room_that_the_user_enters_is_asked_about() -> None:
    client = user(completes_names=True)
    client.enter()
    client.request(Join("dev"), Direct("Bob"))
    client.receive(room("dev", 3))
    client.receive(room("direct:1", 8, other="Bob"))

    assert client.sent() == [
        ("users", {"room": "dev"}),
        recent("dev", 4),
        ("users", {"room": "direct:1"}),
        recent("direct:1", 9),
    ]


def test_a_room_that_somebody_else_opens_is_not_asked_about() -> None:
    client = user(completes_names=True)
    client.enter()

    client.receive(room("direct:1", 8, other="Bob"))

    assert client.sent() == []


def test_a_program_asks_nothing() -> None:
    client = LibraryClient()
    client.sent()
    client.receive(welcome_to_rooms(), room("lobby", 5))
    client.request(Join("dev"))
    client.receive(room("dev", 5))

    assert client.sent() == []


def test_an_empty_room_has_no_recent_messages() -> None:
    client = user()

    client.receive(welcome_to_rooms(), room("lobby", 0))

    assert client.sent() == []


def test_recent_messages_are_shown_above_newer_ones_of_their_room() -> None:
    client = user("lobby", "dev")
    client.receive(welcome_to_rooms(), room("lobby", 5), room("dev"))

    before = client.receive(message(6), message(1, "dev"))
    items = client.receive(page("lobby", 2, 5), message(7))

    assert texts(before) == [("dev", "1")]
    note, answer, *newer = items
    assert note == Note("earlier messages:", "lobby", is_heading=True)
    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["2", "5"]
    assert [item.text for item in newer if isinstance(item, ChatMessage)] == ["6", "7"]


def test_newer_messages_wait_only_for_a_while() -> None:
    client = user()
    client.receive(welcome_to_rooms(), room("lobby", 5), now=0.5)
    client.receive(message(6), now=0.6)

    client.connection.tick(0.5 + RECENT_TIMEOUT)

    assert texts(client.shown()) == [("lobby", "6")]


def test_newer_messages_wait_longer_after_a_slow_welcome() -> None:
    client = user()
    trip = 2 * RECENT_TIMEOUT
    client.receive(welcome_to_rooms(), room("lobby", 5), now=trip)
    client.receive(message(6), now=trip)

    client.connection.tick(1.9 * trip)
    before = texts(client.shown())
    client.connection.tick(2 * trip)

    assert before == []
    assert texts(client.shown()) == [("lobby", "6")]


def test_a_refusal_of_recent_messages_is_not_shown_and_ends_the_wait() -> None:
    client = user()
    client.receive(welcome_to_rooms(), room("lobby", 5))

    items = client.receive(
        message(6), error("history_busy", about="history", room="lobby")
    )

    assert texts(items) == [("lobby", "6")]


def test_the_history_that_the_user_asks_for_is_no_recent_one() -> None:
    client = user()
    client.receive(welcome_to_rooms(), room("lobby", 5))
    client.request(AskHistory())
    client.receive(page("lobby", 5))

    (answer,) = client.receive(page("lobby", 5))

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["the last 1 of 1 message:", "5"]


def test_a_list_of_users_is_for_completion_until_the_user_asks() -> None:
    client = user("lobby", "dev", completes_names=True)
    client.receive(welcome_to_rooms(), room("lobby"), room("dev"))
    client.request(AskUsers("dev"), AskUsers())

    hidden = client.receive(users("lobby", "Bob"))
    shown = client.receive(users("dev", "Eve"), users("lobby", "Bob"))

    assert hidden == [UserList(("Bob",), is_first=True, room="lobby")]
    answers = [item for item in shown if isinstance(item, Answer)]
    assert [(each.room, each.rows[0].text) for each in answers] == [
        ("dev", "1 user: Eve"),
        ("lobby", "1 user: Bob"),
    ]


def test_users_are_not_requested_while_the_user_asks_for_them() -> None:
    client = user(completes_names=True)
    client.receive(ENTERED, now=0.1)
    client.request(AskUsers(), now=0.2)

    client.receive(welcome_to_rooms(), room("lobby"), now=0.3)

    assert client.sent() == []


def test_after_a_reconnect_only_the_latest_room_is_asked_about() -> None:
    client = user("lobby", "dev", "ops", completes_names=True)
    client.enter(room("lobby", 5), room("dev", 5), room("ops", 5))
    client.request(Say("hi", "dev"), LeaveRoom("nowhere"))
    client.receive(session_line("stored", id="1", room="dev", sequence=6))
    client.reconnect()
    client.sent()

    client.receive(welcome_to_rooms(), room("lobby", 5), room("dev", 6), room("ops", 5))

    assert client.sent() == [
        ("users", {"room": "dev"}),
        ("leave", {"room": "nowhere"}),
    ]


def test_questions_of_the_client_itself_are_not_repeated() -> None:
    client = user(completes_names=True)
    client.receive(welcome_to_rooms(), room("lobby", 5))
    assert client.outbox.is_empty
    client.reconnect()
    client.sent()

    client.receive(welcome_to_rooms(), room("lobby", 5))

    assert client.sent() == [("users", {"room": "lobby"})]


def test_messages_shown_before_the_welcome_are_left_out_of_the_recent_ones() -> None:
    client = user()
    client.receive(ENTERED + plain_message("Bob", "5") + plain_message("Bob", "9"))
    client.receive(welcome_to_rooms(), room("lobby", 9))

    asked = client.sent()
    _, answer, live = client.receive(page("lobby", 3, 5, 9))

    limit = RECENT_MESSAGES + 2
    assert asked == [("history", {"room": "lobby", "limit": limit, "before": 10})]
    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["3"]
    assert live == Live("lobby")


def test_after_a_flood_before_the_welcome_a_page_is_requested() -> None:
    client = user()
    client.receive(ENTERED + plain_message("Bob", "x") * (MAX_EARLY + 1))

    client.receive(welcome_to_rooms(), room("lobby", 5_000))

    limit = RECENT_MESSAGES + MAX_EARLY
    assert client.sent() == [
        ("history", {"room": "lobby", "limit": limit, "before": 5_001})
    ]


def test_messages_shown_on_an_earlier_connection_are_left_out_too() -> None:
    client = user()
    client.receive(ENTERED + plain_message("Bob", "5") + plain_message("Bob", "9"))
    client.connection.tick(PLAIN_TIMEOUT)
    client.reconnect()
    client.receive(welcome_to_rooms(), room("lobby", 12))

    _, answer, _ = client.receive(page("lobby", 3, 5, 9, 12))

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["3", "12"]


def test_they_are_left_out_although_newer_messages_arrive_first() -> None:
    client = user()
    client.receive(ENTERED + plain_message("Bob", "9"))
    client.receive(welcome_to_rooms(), room("lobby", 9), message(10, text="9"))

    _, answer, _, newer = client.receive(page("lobby", 3, 9))

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["3"]
    assert texts([newer]) == [("lobby", "9")]


def test_of_equal_messages_as_many_are_left_out_as_were_shown() -> None:
    client = user()
    client.receive(ENTERED + plain_message("Bob", "ok"))
    client.receive(welcome_to_rooms(), room("lobby", 9))
    equal = [
        {"room": "lobby", "sequence": each, "source": "Bob", "message": "ok"}
        for each in (3, 9)
    ]

    _, answer, _ = client.receive(
        session_line("history", room="lobby", messages=equal, more=False)
    )

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == ["ok"]


def test_no_more_recent_messages_are_shown_than_usual() -> None:
    client = user()
    early = b"".join(plain_message("Bob", f"{each}") for each in range(60, 70))
    client.receive(ENTERED + early)
    client.receive(welcome_to_rooms(), room("lobby", 99))

    note, answer, _ = client.receive(page("lobby", *range(70, 100)))

    assert isinstance(note, Note)
    assert note.text.startswith(f"the last {RECENT_MESSAGES} messages")
    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows] == [f"{each}" for each in range(80, 100)]
