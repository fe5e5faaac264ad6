"""Plain lines of a known server: hello was lost, or a plain server is in its place."""

import pytest

from parlour.client.protocol.display_items import (
    ChatMessage,
    DisplayItem,
    Note,
    RoomClosed,
)
from parlour.client.protocol.early_lines import MAX_HELD, MAX_HELD_BYTES
from parlour.client.protocol.negotiation import (
    HELLO_FAILURE_WINDOW,
    MAX_UNANSWERED,
    RESUME_PLAIN_TIMEOUT,
    RESUME_TIMEOUT,
)
from parlour.client.protocol.replays import LOST
from parlour.client.protocol.requests import Say
from tests.client.protocol.library_client import LibraryClient, lose_hello, texts
from tests.client.server_lines import (
    ENTERED,
    message,
    plain_message,
    room,
    session_line,
    welcome_to_rooms,
)

NOTE = "without the session dialect: messages sent in the meantime are not available"


def known(*rooms: bytes) -> LibraryClient:
    """Return a client that a session server has welcomed, and that was cut off."""
    client = LibraryClient()
    client.enter(*(rooms or (room("lobby", 5),)))
    client.display.outage.begin(0.0)
    return client


def plain(*texts: str) -> bytes:
    return b"".join(plain_message("Bob", text) for text in texts)


def lines(items: list[DisplayItem]) -> list[str]:
    """Return the texts of messages and notes."""
    return [each.text for each in items if isinstance(each, ChatMessage | Note)]


def test_a_connection_on_which_hello_may_be_lost_is_given_up() -> None:
    client = known()
    client.reconnect(10.0)
    client.sent()
    client.receive(ENTERED, plain("6"), now=10.1)

    before = client.connection.tick(10.0 + RESUME_PLAIN_TIMEOUT - 0.1)
    after = client.connection.tick(10.0 + RESUME_PLAIN_TIMEOUT)

    assert (before, after) == (True, False)
    assert client.request(Say("hi")) == []
    assert client.shown() == []


def test_the_next_welcome_replays_what_was_held_back() -> None:
    client = known()
    left = plain_message("[Server]", "Eve has left the chat")
    before = lose_hello(client, 10.0, plain("6"), left, plain("7"))

    client.reconnect(20.0)
    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 8),
        message(6),
        message(7),
        message(8),
        now=20.0,
    )

    assert before == []
    assert lines(items) == [
        "Eve has left the chat",
        *"678",
        "Reconnected after 20 s, 3 messages caught up",
    ]


def test_what_was_held_back_is_shown_if_it_is_not_replayed() -> None:
    client = known()
    lose_hello(client, 10.0, plain("6"))
    lose_hello(client, 20.0, plain("7"))

    client.reconnect(30.0)
    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 2, epoch="f", recovered=False),
        session_line("missed", room="lobby", events=None, resume_after=2),
        message(3, text="new"),
    )

    assert [text for _, text in texts(items) if len(text) < 4] == ["6", "7", "new"]


def test_what_was_held_back_is_shown_if_the_server_cannot_replay_it() -> None:
    client = known()
    lose_hello(client, 10.0, plain("6", "7"))

    client.reconnect(20.0)
    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 7, recovered=False),
        session_line("missed", room="lobby", events=None, resume_after=7),
        message(8),
        now=20.0,
    )

    assert lines(items) == [LOST, "Reconnected after 20 s", *"678"]


@pytest.mark.parametrize(
    ("held", "shown", "caught_up"), [("67", "678", 1), ("678", "678", 0)]
)
def test_what_was_held_back_is_shown_once_if_only_the_end_is_replayed(
    held: str, shown: str, caught_up: int
) -> None:
    client = known()
    lose_hello(client, 10.0, plain(*held))

    client.reconnect(20.0)
    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 8, recovered=False),
        session_line("missed", room="lobby", events=1, resume_after=6),
        message(7),
        message(8),
        message(9, text="7"),
        now=20.0,
    )

    older, *found, new = lines(items)
    report = ", 1 message caught up" if caught_up else ""
    assert older == "1 message is older than this server keeps"
    assert found == [*shown, f"Reconnected after 20 s{report}"]
    assert new == "7"


def test_what_was_held_back_is_shown_if_hello_lacked_the_position() -> None:
    names = ["\U00010428" * 28 + f"{number:04}" for number in range(100)]
    client = LibraryClient(*names, "lobby")
    client.enter(*(room(name, 5, epoch="e" * 128) for name in [*names, "lobby"]))
    lose_hello(client, 10.0, plain("6"))
    client.reconnect(20.0)

    items = client.receive(welcome_to_rooms(), room("lobby", 6, epoch="e" * 128))

    assert [text for _, text in texts(items)][-1] == "6"


def test_several_of_them_in_succession_make_it_a_plain_server() -> None:
    client = known(room("lobby", 5), room("dev"))
    client.request(Say("hi"))
    before = [
        item
        for number in range(1, MAX_UNANSWERED)
        for item in lose_hello(client, 10.0 * number, plain(f"{number}"))
    ]
    client.sent()

    items = lose_hello(client, 30.0, plain("3"))
    client.sent()

    assert before == []
    assert RoomClosed("dev", b"", "this server has one room") in items
    assert lines(items) == ["1", "2", f"Reconnected after 30 s, {NOTE}", "3"]
    assert [kind for kind, _ in client.request(Say("ho"))] == ["message"]


def test_a_welcome_starts_the_count_again() -> None:
    client = known()
    for now in (10.0, 20.0):
        lose_hello(client, now)
    client.reconnect(30.0)
    client.receive(welcome_to_rooms(), room("lobby", 5), now=30.0)

    client.reconnect(40.0)
    client.receive(ENTERED, now=40.0)

    assert not client.connection.tick(40.0 + RESUME_PLAIN_TIMEOUT)


def test_a_ping_starts_the_count_again() -> None:
    client = known()
    for now in (10.0, 20.0):
        lose_hello(client, now)
    client.reconnect(30.0)
    client.receive(session_line("ping", token="7"), now=30.0)

    client.reconnect(40.0)
    client.receive(ENTERED, now=40.0)

    assert not client.connection.tick(40.0 + RESUME_PLAIN_TIMEOUT)


def test_silent_connections_do_not_count() -> None:
    client = known()
    for now in (100.0, 200.0, 300.0):
        client.reconnect(now)
        assert not client.connection.tick(now + RESUME_TIMEOUT)

    client.reconnect(400.0)
    client.receive(ENTERED, now=400.0)

    assert not client.connection.tick(400.0 + RESUME_PLAIN_TIMEOUT)


def test_once_it_is_plain_it_is_so_on_the_next_connection() -> None:
    client = known()
    for number in range(1, MAX_UNANSWERED + 1):
        lose_hello(client, 10.0 * number, plain(f"{number}"))

    client.display.outage.begin(40.0)
    items = lose_hello(client, 50.0, plain("4"))

    assert lines(items) == [f"Reconnected after 10 s, {NOTE}", "4"]


def test_a_welcome_after_that_repeats_nothing_that_was_shown() -> None:
    client = known()
    for number in range(1, MAX_UNANSWERED + 1):
        lose_hello(client, 10.0 * number, plain(f"{number}"))
    client.receive(plain("same", "same"), now=36.0)

    client.reconnect(40.0)
    items = client.receive(
        welcome_to_rooms(),
        room("lobby", 14),
        *(message(5 + number, text=f"{number}") for number in (1, 2, 3)),
        *(message(sequence, text="same") for sequence in (9, 10, 11)),
        message(14, text="missed"),
        message(15, text="same"),
        now=40.0,
    )

    assert [text for _, text in texts(items) if "Rec" not in text] == [
        *("same", "missed", "same")
    ]


def test_equal_messages_of_another_outage_are_shown() -> None:
    client = LibraryClient()
    client.receive(ENTERED, plain("ok"))
    client.receive(welcome_to_rooms(), room("lobby", 5))
    for number in range(1, MAX_UNANSWERED + 1):
        lose_hello(client, 10.0 * number, plain(f"{number}"))

    client.reconnect(40.0)
    replay = [message(5 + number, text=f"{number}") for number in (1, 2, 3)]
    items = client.receive(
        welcome_to_rooms(), room("lobby", 9), *replay, message(9, text="ok"), now=40.0
    )

    assert texts(items) == [("lobby", "ok")]


def test_a_late_welcome_repeats_nothing_that_was_shown() -> None:
    client = known()
    for number in range(1, MAX_UNANSWERED + 1):
        lose_hello(client, 10.0 * number, plain(f"{number}"))

    replay = [message(5 + number, text=f"{number}") for number in (1, 2, 3, 4)]
    items = client.receive(welcome_to_rooms(), room("lobby", 9), *replay, now=36.0)

    assert [text for _, text in texts(items)] == ["4"]


@pytest.mark.parametrize("is_early", [True, False])
def test_a_server_that_always_ends_the_connection_after_hello_gets_none(
    is_early: bool,
) -> None:
    client = known()
    for number in range(1, MAX_UNANSWERED + 1):
        client.reconnect(10.0 * number)
        client.receive(ENTERED, now=10.0 * number)
        end = HELLO_FAILURE_WINDOW - 0.1 if is_early else HELLO_FAILURE_WINDOW
        is_at_once = client.connection.ended(10.0 * number + end)
        client.connection.go_offline()

    client.connection.begin(50.0)
    kinds = [kind for kind, _ in client.sent()]

    assert is_at_once == is_early
    assert ("hello" in kinds) != is_early


def test_a_server_that_ends_connections_silently_always_gets_hello() -> None:
    client = known()
    for number in range(1, 9):
        client.reconnect(10.0 * number)
        assert [kind for kind, _ in client.sent()] == ["hello"]
        assert not client.connection.ended(10.0 * number + 0.1)


@pytest.mark.parametrize(
    ("flood", "held"),
    [
        (plain("first") + plain("x") * MAX_HELD, MAX_HELD),
        (plain("first") + plain("x" * (MAX_HELD_BYTES // 3)) * 3, 2),
    ],
)
def test_the_oldest_lines_beyond_the_bound_are_dropped(flood: bytes, held: int) -> None:
    client = known()
    for now in (10.0, 20.0):
        lose_hello(client, now, plain("old"))

    note, *shown = lines(lose_hello(client, 30.0, flood))

    assert note.endswith(NOTE)
    assert len(shown) == held
    assert "first" not in shown
