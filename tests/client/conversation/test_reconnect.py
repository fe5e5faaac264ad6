"""What a client that reconnects sends, and what it shows."""

import json

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import ChatMessage, Disconnected, Note
from parlour.client.protocol.negotiation import (
    HELLO_FAILURE_WINDOW,
    MAX_PROVISIONAL,
    RESUME_PLAIN_TIMEOUT,
    RESUME_TIMEOUT,
    WELCOME_TIMEOUT,
)
from parlour.client.protocol.outbox import MAX_SIZE
from parlour.client.protocol.reconnect import MAX_RETRY_AFTER
from tests.client.server_lines import plain_message, session_line, welcome

TOKEN = "a secret of 128 bits"
ENTERED = plain_message("[Server]", "you has entered the chat")


def client(
    *, interactive: bool = False, name: str = "", reconnects: bool = True
) -> Conversation:
    return Conversation(
        interactive=interactive,
        name=name,
        any_name=True,
        token=TOKEN,
        reconnects=reconnects,
        jitter=lambda: 0.5,
    )


def message(sequence: int) -> bytes:
    return session_line(
        "message", sequence=sequence, source="Bob", message=f"{sequence}"
    )


def sent(conversation: Conversation) -> list[tuple[str, object]]:
    data = conversation.data_to_send()
    conversation.written(0, 0)
    found = [json.loads(line) for line in data.splitlines()]
    return [(line["type"], line["data"]) for line in found]


def hello(conversation: Conversation) -> dict[str, object]:
    (kind, data), *_ = sent(conversation)
    assert kind == "hello"
    assert isinstance(data, dict)
    return data


def joined(conversation: Conversation, sequence: int = 5, you: str = "Ann") -> None:
    """Send a welcome to a new client."""
    sent(conversation)
    conversation.receive(welcome(sequence, you=you), 0)
    sent(conversation)
    conversation.items_to_show()


def lose(conversation: Conversation, now: float) -> None:
    conversation.disconnected(now)
    conversation.tick(now + 60)
    conversation.begin_attempt()


def notes(conversation: Conversation) -> list[str]:
    return [
        item.text for item in conversation.items_to_show() if isinstance(item, Note)
    ]


def texts(conversation: Conversation) -> list[str]:
    return [
        item.text
        for item in conversation.items_to_show()
        if isinstance(item, ChatMessage)
    ]


def test_only_a_client_that_reconnects_reserves_its_name() -> None:
    assert hello(client())["token"] == TOKEN
    assert "token" not in hello(client(reconnects=False))


def test_an_interrupted_client_sends_bye_only_between_two_lines() -> None:
    conversation = client()
    assert conversation.bye() == b""  # its hello is not sent yet
    sent(conversation)
    assert conversation.bye() == b""  # an old server does not support bye
    conversation.receive(welcome(5), 0)
    sent(conversation)

    assert json.loads(conversation.bye()) == {"type": "bye", "data": {}}
    conversation.written(0, 0)
    conversation.leave(1)
    sent(conversation)
    assert conversation.bye() == b""  # it was sent already


def test_a_line_is_sent_again_with_its_id_after_the_welcome() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    first = sent(conversation)

    lose(conversation, 2)
    conversation.connected(3)
    conversation.submit_line("ho", 3)
    before = [kind for kind, _ in sent(conversation)]
    conversation.receive(welcome(5), 3)

    assert first == [("message", {"message": "hi", "id": "1"})]
    assert before == ["hello"]
    assert sent(conversation) == [*first, ("message", {"message": "ho", "id": "2"})]


def test_messages_after_a_gap_are_shown() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(13)

    conversation.receive(welcome(44, recovered=False), 13)
    conversation.receive(
        session_line("missed", room="lobby", events=35, resume_after=40), 13
    )
    for sequence in range(41, 45):
        conversation.receive(message(sequence), 13)

    shown = conversation.items_to_show()
    (note,) = [item.text for item in shown if isinstance(item, Note)]
    shown_texts = [item.text for item in shown if isinstance(item, ChatMessage)]
    assert shown_texts == ["41", "42", "43", "44"]
    missed = "35 messages are older than this server keeps"
    assert note == f"Reconnected after 13 s, {missed}"


def test_replayed_messages_have_their_original_time() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(99)
    moment = "2026-01-31T12:00:00.123456Z"
    data = {"sequence": 6, "time": moment, "source": "Bob", "message": "6"}

    conversation.receive(welcome(6) + session_line("message", **data), 99)

    messages = [
        item for item in conversation.items_to_show() if isinstance(item, ChatMessage)
    ]
    assert [(item.text, item.time) for item in messages] == [("6", moment)]


def test_a_gap_that_was_not_reported_is_requested_again() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(9, epoch="f", recovered=False), 2)
    sent(conversation)

    lose(conversation, 3)
    conversation.connected(4)

    place = {"epoch": "e", "sequence": 5}
    assert hello(conversation)["resume"] == {"lobby": place}


def test_a_client_without_a_name_requests_none_when_it_reconnects() -> None:
    conversation = client()
    joined(conversation, you="127.0.0.1:57354")

    lose(conversation, 1)
    conversation.connected(2)

    assert "name" not in hello(conversation)


def test_a_refused_initial_name_is_requested_again_on_reconnect() -> None:
    conversation = client(name="Ann")
    joined(conversation, you="127.0.0.1:57354")

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Ann"


def test_a_new_name_is_requested_on_reconnect() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_a_name_without_an_answer_is_requested_again_on_reconnect() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    for name in ("Anna", "Anne"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anne"


def test_a_refused_new_name_is_not_requested_again() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    for name in ("Anna", "Bob"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    conversation.receive(session_line("error", code="name_taken", reason="taken"), 1)
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_after_a_name_is_refused_on_reconnect_the_previous_one_is_requested() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    conversation.submit_line("/setname Bob", 1)
    sent(conversation)
    lose(conversation, 1)
    conversation.connected(99)
    conversation.receive(welcome(5, you="127.0.0.1:57354"), 99)
    assert hello(conversation)["name"] == "Bob"

    conversation.receive(session_line("error", code="name_taken", reason="taken"), 99)

    assert texts(conversation) == ["taken"]
    assert sent(conversation) == [("set-name", "Ann")]


def test_the_answer_to_hello_is_not_mistaken_for_one_to_a_new_name() -> None:
    conversation = client(name="Ann")
    joined(conversation, you="127.0.0.1:57354")
    conversation.submit_line("/setname Anna", 1)
    conversation.receive(
        session_line("error", code="name_taken", reason="Ann is taken"), 1
    )

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_the_name_is_sent_to_a_server_that_ignores_hello() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.receive(ENTERED, 0)

    assert sent(conversation) == [("set-name", "Kobzol")]


def test_the_name_is_sent_before_the_first_line() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.submit_line("hi", 0)
    conversation.receive(ENTERED, 0)
    assert sent(conversation) == [("set-name", "Kobzol")]
    conversation.receive(plain_message("[Server]", "you renamed to Kobzol"), 0)

    assert sent(conversation) == [("message", "hi")]


@pytest.mark.parametrize("codes", [["same_name"], ["name_taken", "name_taken"]])
def test_only_one_answer_to_a_name_is_shown(codes: list[str]) -> None:
    conversation = client(name="Ann")
    conversation.submit_line("hi", 0)
    sent(conversation)
    conversation.receive(welcome(0), 0)

    for code in codes:
        conversation.receive(session_line("error", code=code, reason=code), 0)
    conversation.receive(session_line("error", code="name_taken", reason="another"), 0)

    assert texts(conversation) == [*codes[1:], "another"]


@pytest.mark.parametrize(
    ("asked", "wait"), [(45, 45), (86_400, MAX_RETRY_AFTER), (-9, 0)]
)
def test_a_requested_wait_is_observed_and_spread(asked: int, wait: float) -> None:
    conversation = client()
    joined(conversation)

    conversation.receive(
        session_line("bye", code="server_stopping", retry_after=asked), 1
    )
    conversation.disconnected(1)

    assert conversation.deadline == 1 + wait + 0.25


def test_a_late_welcome_is_accepted() -> None:
    conversation = client()
    sent(conversation)
    conversation.submit_line("hi", 0)
    conversation.tick(WELCOME_TIMEOUT)
    conversation.receive(welcome(5), WELCOME_TIMEOUT + 1)

    conversation.submit_line("ho", 2)

    assert sent(conversation)[-1] == ("message", {"message": "ho", "id": "2"})


def test_a_known_server_that_sends_nothing_counts_as_lost() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.submit_line("hi", 2)

    conversation.tick(2 + RESUME_TIMEOUT)

    assert conversation.is_offline
    assert [kind for kind, _ in sent(conversation)] == []


def test_failed_attempts_are_not_reported_and_hello_is_sent_again() -> None:
    conversation = client()
    joined(conversation)

    for now in range(1, 4):
        lose(conversation, now)
        conversation.connected(now)
        assert hello(conversation)["resume"]
    conversation.receive(welcome(7), 4)

    disconnected, _, note = conversation.items_to_show()
    assert disconnected == Disconnected(is_last=False)
    assert note == Note("Reconnected after 4 s, 2 messages caught up")


def test_a_server_that_is_down_did_not_disconnect_because_of_hello() -> None:
    conversation = client()
    conversation.submit_line("hi", 0)
    sent(conversation)

    lose(conversation, 1)
    conversation.connect_failed("connection refused", 1)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(5), 2)

    assert [kind for kind, _ in sent(conversation)] == ["hello"]
    assert "1 of your lines is possibly stored already and not sent again" in notes(
        conversation
    )
    assert conversation.exit_code == ExitCode.LOST


def test_hello_is_sent_again_if_the_connection_ends_without_it_too() -> None:
    conversation = client()
    sent(conversation)

    lose(conversation, 1)
    conversation.connected(1)
    assert sent(conversation) == []
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)


def test_reconnecting_without_hello_is_not_reported_as_an_outage() -> None:
    conversation = client()
    sent(conversation)

    lose(conversation, 1)
    conversation.connected(1)
    conversation.receive(ENTERED + plain_message("a", "1"), 1)

    assert not any(isinstance(item, Note) for item in conversation.items_to_show())


@pytest.mark.parametrize("interactive", [False, True])
def test_possibly_recorded_lines_are_not_sent_again_to_a_plain_server(
    interactive: bool,
) -> None:
    conversation = client(interactive=interactive)
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    lose(conversation, 2)
    conversation.connected(3)
    sent(conversation)
    conversation.receive(ENTERED, 3)
    conversation.tick(3 + RESUME_PLAIN_TIMEOUT)
    sent_before = sent(conversation)
    conversation.submit_line("", 3 + RESUME_PLAIN_TIMEOUT)

    assert sent_before == []
    assert sent(conversation) == ([("message", "hi")] if interactive else [])
    assert conversation.exit_code == (
        ExitCode.SUCCESS if interactive else ExitCode.LOST
    )


def test_a_line_with_an_unknown_outcome_is_sent_again() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(
        session_line("error", code="outcome_unknown", reason="x", id="1"), 1
    )
    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_only_an_interactive_user_reconnects_at_once_with_enter() -> None:
    conversation, hasty = client(), client(interactive=True)
    for each in (conversation, hasty):
        joined(each)
        each.disconnected(1)
        each.submit_line("", 1)

    assert not conversation.wants_connection
    assert hasty.wants_connection


def test_input_during_an_outage_is_bounded() -> None:
    conversation = client(interactive=True)
    joined(conversation)
    conversation.disconnected(1)

    count = 0
    while count <= MAX_SIZE // 16_000 and conversation.submit_line("x" * 16_000, 1):
        count += 1
        conversation.items_to_show()

    (note,) = conversation.items_to_show()
    assert note == Note("Not sent: too many lines wait to be sent")


def test_a_silent_server_is_sent_a_bounded_number_of_requests() -> None:
    conversation = client()
    sent(conversation)

    for _ in range(MAX_PROVISIONAL + 9):
        conversation.submit_line("hi", 1)
    assert len(sent(conversation)) == MAX_PROVISIONAL
    assert conversation.deadline == HELLO_FAILURE_WINDOW
    conversation.tick(HELLO_FAILURE_WINDOW)

    assert len(sent(conversation)) == 9


def test_a_line_refused_by_a_stopping_server_is_sent_again_with_its_id() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)
    again = sent(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert texts(conversation) == []
    assert again == []
    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_a_line_refused_by_a_stopping_server_is_sent_to_a_plain_one() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)
    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)

    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(ENTERED, 2)
    conversation.tick(2 + RESUME_PLAIN_TIMEOUT)

    assert sent(conversation) == [("message", "hi")]
    assert conversation.exit_code == ExitCode.SUCCESS


def test_without_reconnecting_the_refusal_of_a_stopping_server_is_shown() -> None:
    conversation = client(reconnects=False)
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    conversation.receive(
        session_line("error", code="stopping", reason="no more", id="1"), 1
    )
    conversation.disconnected(1)

    assert texts(conversation) == ["no more"]
    assert conversation.exit_code == ExitCode.REFUSED


def test_hello_is_sent_again_to_a_server_that_was_full() -> None:
    full = plain_message("[Server]", "the server is full (2 users); try again later")
    conversation = client()
    sent(conversation)
    items = []
    for now in range(1, 4):
        conversation.receive(full, now)
        conversation.disconnected(now)
        assert conversation.is_offline
        assert not conversation.wants_connection, "it waits"
        conversation.tick(now + 60)
        conversation.begin_attempt()
        conversation.connected(now)
        assert hello(conversation)
        items += conversation.items_to_show()
    conversation.receive(welcome(0), 9)

    assert [item.text for item in items if isinstance(item, ChatMessage)] == [
        "the server is full (2 users); try again later"
    ], "once"
    assert not any(isinstance(item, Note) for item in items)
    assert notes(conversation) == ["Reconnected after 8 s"]


def test_a_full_server_is_reported_once() -> None:
    full = plain_message("[Server]", "the server is full (2 users); try again later")
    conversation = client(interactive=True)
    joined(conversation)
    for now in (10, 20):
        lose(conversation, now)
        conversation.connected(now)
        conversation.receive(full, now)
    conversation.disconnected(21)

    assert texts(conversation) == ["the server is full (2 users); try again later"]
    conversation.submit_line("", 22)
    assert conversation.wants_connection, "Enter reconnects at once"
