"""A welcome after plain lines, as when hello is delayed by a tunnel."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.protocol.display_items import Answer, AnswerRow, ChatMessage, Note
from parlour.client.protocol.negotiation import (
    FIRST_LINE_FACTOR,
    PLAIN_TIMEOUT,
    SESSION_TIMEOUT,
    WELCOME_TIMEOUT,
)
from parlour.client.shutdown import PROGRESS_TIMEOUT, State
from tests.client.conversations import (
    client,
    lose_connection,
    lose_hello,
    notes,
    sent,
    welcome_client,
)
from tests.client.server_lines import (
    ENTERED,
    message,
    plain_message,
    session_line,
    welcome,
)


def shown(conversation: Conversation) -> list[str]:
    """Return the new items as a person sees them."""
    texts = []
    for item in conversation.items_to_show():
        match item:
            case Note(text):
                texts.append(f"-- {text}")
            case ChatMessage(_, text):
                texts.append(text)
            case AnswerRow(_, text):
                texts.append(text)
            case Answer(quoted):
                texts += [each.text for each in quoted]
    return texts


def reconnected(*, after: int = 5, now: float = 100.0) -> Conversation:
    """Return a client that was welcomed, lost its connection and has a new one."""
    conversation = client()
    conversation.receive(welcome(after), 0)
    conversation.disconnected(now - 1)
    conversation.tick(now)
    conversation.begin_attempt()
    conversation.connected(now)
    conversation.items_to_show()
    sent(conversation)
    return conversation


def test_hello_says_that_it_may_arrive_late() -> None:
    ((kind, data),) = sent(client())

    assert kind == "hello"
    assert isinstance(data, dict)
    assert data["late"] is True


def test_early_messages_are_shown_at_once_and_left_out_of_the_recent_ones() -> None:
    conversation = client(interactive=True)
    sent(conversation)
    conversation.receive(
        ENTERED + plain_message("Bob", "4") + plain_message("Bob", "5"), 0.3
    )
    first = shown(conversation)
    conversation.receive(welcome(9), 0.6)
    asked = sent(conversation)
    recent = [
        {"sequence": sequence, "source": "Bob", "message": f"{text}"}
        for sequence, text in ((2, 1), (3, 3), (7, 4), (9, 5))
    ]
    conversation.receive(session_line("history", messages=recent), 0.7)

    assert first == ["192.0.2.1:9 has entered the chat", "4", "5"]
    assert asked == [("history", {"room": "lobby", "limit": 22, "before": 10})]
    assert shown(conversation) == ["-- earlier messages:", "1", "3"]


def test_no_recent_messages_are_shown_if_all_were_received_early() -> None:
    conversation = client(interactive=True)
    sent(conversation)
    conversation.receive(ENTERED + plain_message("Bob", "1"), 0.3)
    conversation.receive(welcome(1), 0.6)
    shown(conversation)
    recent = [{"sequence": 1, "source": "Bob", "message": "1"}]
    conversation.receive(session_line("history", messages=recent), 0.7)

    assert shown(conversation) == []


@pytest.mark.parametrize("trip", [0.08, 0.3, 2.0])
def test_replayed_messages_are_shown_once_at_any_round_trip_time(trip: float) -> None:
    conversation = reconnected()
    conversation.submit_line("mine", 100)
    early = (
        ENTERED
        + plain_message("Bob", "7")
        + plain_message("[Server]", "Eve has left the chat")
    )
    conversation.receive(early + plain_message("Bob", "8"), 100 + trip)
    conversation.tick(100 + 1.9 * trip)
    before = shown(conversation), sent(conversation)
    replay = b"".join(message(number) for number in range(6, 10))
    conversation.receive(welcome(9) + replay, 100 + 2 * trip)

    seconds = round(100 + 2 * trip)
    assert before == ([], [])
    assert shown(conversation) == [
        "Eve has left the chat",
        *"6789",
        f"-- Reconnected after {seconds} s, 4 messages caught up",
    ]
    assert sent(conversation) == [
        (
            "message",
            {"room": "lobby", "message": "mine", "id": "1"},
        )
    ]


def test_early_messages_that_are_not_replayed_are_shown_after_the_gap() -> None:
    conversation = reconnected()
    conversation.receive(ENTERED + plain_message("Bob", "early"), 100.1)
    other = welcome(3, epoch="f", recovered=False)
    missed = session_line("missed", events=None, resume_after=3)
    conversation.receive(other + missed + message(4), 100.2)

    assert shown(conversation) == [
        "-- Messages sent in the meantime are lost",
        "-- Reconnected after 100 s",
        "early",
        "4",
    ]


@pytest.mark.parametrize(
    "answer", [plain_message("[Server]", '"hello" opens'), session_line("error")]
)
def test_a_server_that_refuses_hello_counts_as_plain_at_once(answer: bytes) -> None:
    conversation = reconnected()
    conversation.receive(ENTERED + plain_message("Bob", "1") + answer, 100.1)

    assert "1" in shown(conversation)


def test_a_pipe_that_has_ended_waits_for_a_known_server() -> None:
    conversation = client(interactive=False)
    welcome_client(conversation)
    conversation.receive_input(b"hi\n", 1)
    conversation.receive_input(b"", 1)
    first = sent(conversation)
    lose_connection(conversation, 2)
    now = lose_hello(conversation, 70)
    conversation.connected(now)
    conversation.data_to_send()
    conversation.written(0, now)
    conversation.receive(ENTERED, now + 3)
    conversation.tick(now + PROGRESS_TIMEOUT)
    before = conversation.state
    conversation.receive(welcome(5), now + 8)

    assert before is State.FINISHING
    assert sent(conversation) == first


def test_requests_sent_before_the_welcome_are_still_answered() -> None:
    conversation = client()
    conversation.submit_line("/users", 0)
    conversation.receive(
        ENTERED + plain_message("Bob", "1") + plain_message("Bob", "2"), 2
    )
    conversation.receive(welcome(2), 3.9)
    conversation.leave(4)
    conversation.tick(5.8)
    before = conversation.state
    sent(conversation)
    conversation.receive(
        session_line("users", users=[{"name": "Bob"}], more=False), 5.9
    )

    assert before is State.FINISHING
    assert sent(conversation) == [("bye", {})]


def test_a_search_waits_until_the_server_counts_as_plain() -> None:
    silent, plain, echoing = client(), client(), client()
    for each in (silent, plain, echoing):
        each.submit_line("hi", 0)
        each.submit_line("/search hi", 0)
    plain.receive(ENTERED, 0.1)
    echoing.receive(ENTERED + plain_message("me", "hi"), 0.1)

    assert "-- This server cannot search" in shown(echoing)
    assert silent.deadline == WELCOME_TIMEOUT
    assert plain.deadline == PLAIN_TIMEOUT
    plain.tick(PLAIN_TIMEOUT)
    assert "-- This server cannot search" in shown(plain)


def test_a_slow_connection_extends_the_timeout_of_the_welcome() -> None:
    conversation = client()
    conversation.submit_line("/search hi", 0)
    conversation.receive(ENTERED, 2)

    assert conversation.deadline == FIRST_LINE_FACTOR * 2


def test_an_outage_lasts_from_the_last_data_to_the_next() -> None:
    conversation = client()
    conversation.receive(welcome(5) + message(6), 10)
    conversation.disconnected(70)
    conversation.tick(71)
    conversation.begin_attempt()
    conversation.connected(71)
    conversation.items_to_show()
    conversation.receive(welcome(6), 73)

    assert shown(conversation) == ["-- Reconnected after 63 s"]


# -- a ping before the welcome -------------------------------------------------

PING = session_line("ping", token="7")


def test_a_ping_before_the_welcome_is_answered() -> None:
    conversation = client()
    sent(conversation)

    conversation.receive(PING, 3.0)

    assert sent(conversation) == [("pong", {"token": "7"})]
    assert conversation.items_to_show() == []


def test_a_server_that_pings_does_not_become_a_plain_one() -> None:
    conversation = client()
    conversation.submit_line("/search hi", 0)
    conversation.receive(PING, 3.0)

    conversation.tick(3.0 + SESSION_TIMEOUT - 0.1)
    before = notes(conversation)
    conversation.receive(welcome(5), 33.0)

    assert before == []
    assert sent(conversation)[-1][0] == "search"


def test_a_server_that_pings_and_falls_silent_counts_as_lost() -> None:
    conversation = client()
    conversation.receive(PING, 3.0)

    conversation.tick(3.0 + SESSION_TIMEOUT)

    assert conversation.is_offline


def test_a_known_server_that_pings_gets_more_time() -> None:
    conversation = client()
    welcome_client(conversation)
    lose_connection(conversation, 1)
    conversation.connected(2)
    conversation.receive(PING, 5.0)

    conversation.tick(5.0 + SESSION_TIMEOUT - 0.1)

    assert not conversation.is_offline


def test_a_pipe_that_ends_waits_for_a_server_that_pings() -> None:
    conversation = client(interactive=False)
    conversation.receive_input(b"hi\n", 0.0)
    conversation.receive_input(b"", 0.0)
    conversation.receive(PING, 3.0)

    conversation.tick(5.5)

    assert conversation.state is State.FINISHING
