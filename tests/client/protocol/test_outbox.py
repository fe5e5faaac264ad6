"""Lines that are sent again on the next connection, and lines that are not."""

import pytest

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import Note
from parlour.client.protocol.negotiation import RESUME_PLAIN_TIMEOUT
from parlour.client.protocol.outbox import MAX_SIZE
from tests.client.conversations import (
    client,
    lose_connection,
    lose_hello,
    sent,
    texts,
    welcome_client,
)
from tests.client.server_lines import ENTERED, session_line, welcome


def test_a_line_is_sent_again_with_its_id_after_the_welcome() -> None:
    conversation = client()
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    first = sent(conversation)

    lose_connection(conversation, 2)
    conversation.connected(3)
    conversation.submit_line("ho", 3)
    before = [kind for kind, _ in sent(conversation)]
    conversation.receive(welcome(5), 3)

    assert first == [("message", {"room": "lobby", "message": "hi", "id": "1"})]
    assert before == ["hello"]
    assert sent(conversation) == [
        *first,
        ("message", {"room": "lobby", "message": "ho", "id": "2"}),
    ]


@pytest.mark.parametrize("interactive", [False, True])
def test_possibly_recorded_lines_are_not_sent_again_to_a_plain_server(
    interactive: bool,
) -> None:
    conversation = client(interactive=interactive)
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    lose_connection(conversation, 2)
    now = lose_hello(conversation, 3)
    conversation.connected(now)
    sent(conversation)
    conversation.receive(ENTERED, now)
    conversation.tick(now + RESUME_PLAIN_TIMEOUT)
    sent_before = sent(conversation)
    conversation.submit_line("", now + RESUME_PLAIN_TIMEOUT)

    assert sent_before == []
    assert sent(conversation) == ([("message", "hi")] if interactive else [])
    assert conversation.exit_code == (
        ExitCode.SUCCESS if interactive else ExitCode.LOST
    )


def test_a_line_with_an_unknown_outcome_is_sent_again() -> None:
    conversation = client()
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(
        session_line("error", code="outcome_unknown", reason="x", id="1"), 1
    )
    lose_connection(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_input_during_an_outage_is_bounded() -> None:
    conversation = client(interactive=True)
    welcome_client(conversation)
    conversation.disconnected(1)

    count = 0
    while count <= MAX_SIZE // 16_000 and conversation.submit_line("x" * 16_000, 1):
        count += 1
        conversation.items_to_show()

    (note,) = conversation.items_to_show()
    assert note == Note("Not sent: too many lines are waiting to be sent")


def test_a_line_refused_by_a_stopping_server_is_sent_again_with_its_id() -> None:
    conversation = client()
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)
    again = sent(conversation)
    lose_connection(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert texts(conversation) == []
    assert again == []
    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_a_line_refused_by_a_stopping_server_is_sent_to_a_plain_one() -> None:
    conversation = client()
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)
    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)

    lose_connection(conversation, 1)
    now = lose_hello(conversation, 2)
    conversation.connected(now)
    sent(conversation)
    conversation.receive(ENTERED, now)
    conversation.tick(now + RESUME_PLAIN_TIMEOUT)

    assert sent(conversation) == [("message", "hi")]
    assert conversation.exit_code == ExitCode.SUCCESS


def test_without_reconnecting_the_refusal_of_a_stopping_server_is_shown() -> None:
    conversation = client(reconnects=False)
    welcome_client(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    conversation.receive(
        session_line("error", code="stopping", reason="no more", id="1"), 1
    )
    conversation.disconnected(1)

    assert texts(conversation) == ["no more"]
    assert conversation.exit_code == ExitCode.REFUSED
