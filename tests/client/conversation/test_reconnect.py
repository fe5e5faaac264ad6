"""The lines that a client sends when it reconnects, and the items that it shows."""

import json

import pytest

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import ChatMessage, Note
from parlour.client.protocol.reconnect import MAX_RETRY_AFTER
from parlour.client.shutdown import State
from parlour.core.events import SERVER
from tests.client.conversations import (
    client,
    hello,
    lose_connection,
    notes,
    sent,
    welcome_client,
)
from tests.client.server_lines import (
    message,
    plain_message,
    session_line,
    welcome,
)


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


def test_messages_after_a_gap_are_shown() -> None:
    conversation = client()
    welcome_client(conversation)
    lose_connection(conversation, 1)
    conversation.connected(13)

    conversation.receive(welcome(44, recovered=False), 13)
    conversation.receive(
        session_line("missed", room="lobby", events=35, resume_after=40), 13
    )
    for sequence in range(41, 45):
        conversation.receive(message(sequence), 13)

    shown = conversation.items_to_show()
    shown_notes = [item.text for item in shown if isinstance(item, Note)]
    shown_texts = [item.text for item in shown if isinstance(item, ChatMessage)]
    assert shown_texts == ["41", "42", "43", "44"]
    missed = "35 messages are older than this server keeps"
    caught_up = "Reconnected after 13 s, 4 messages caught up"
    assert shown_notes == [missed, caught_up]


def test_replayed_messages_have_their_original_time() -> None:
    conversation = client()
    welcome_client(conversation)
    lose_connection(conversation, 1)
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
    welcome_client(conversation)
    lose_connection(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(9, epoch="f", recovered=False), 2)
    sent(conversation)

    lose_connection(conversation, 3)
    conversation.connected(4)

    place = {"epoch": "e", "sequence": 5}
    assert hello(conversation)["resume"] == {"lobby": place}


@pytest.mark.parametrize(
    ("asked", "wait"), [(45, 45), (86_400, MAX_RETRY_AFTER), (-9, 0)]
)
def test_a_client_waits_as_long_as_requested_with_jitter(
    asked: int, wait: float
) -> None:
    conversation = client()
    welcome_client(conversation)

    conversation.receive(
        session_line("bye", code="server_stopping", retry_after=asked), 1
    )
    conversation.disconnected(1)

    assert conversation.deadline == 1 + wait + 0.25


def test_only_an_interactive_user_reconnects_at_once_with_enter() -> None:
    conversation, hasty = client(), client(interactive=True)
    for each in (conversation, hasty):
        welcome_client(each)
        each.disconnected(1)
        each.submit_line("", 1)

    assert not conversation.wants_connection
    assert hasty.wants_connection


def test_unsent_lines_of_an_interactive_user_are_reported_on_a_plain_server() -> None:
    conversation = client(interactive=True)
    sent(conversation)
    conversation.receive(plain_message("Bob", "first"), 0)
    conversation.receive(plain_message("Bob", "second"), 0)
    conversation.submit_line("one", 5)
    conversation.submit_line("two", 5)
    size = len(conversation.data_to_send())
    conversation.written(size // 2 - 1, 5)  # the network took the first line
    conversation.submit_line("three", 5)

    conversation.disconnected(6)

    lost = "2 of the lines were not acknowledged and may be lost"
    assert lost in notes(conversation)


def test_sent_lines_of_an_interactive_user_are_not_reported_on_a_plain_server() -> None:
    conversation = client(interactive=True)
    sent(conversation)
    conversation.receive(plain_message("Bob", "first"), 0)
    conversation.receive(plain_message("Bob", "second"), 0)
    conversation.submit_line("one", 5)
    sent(conversation)

    conversation.disconnected(6)

    assert not any("acknowledged" in note for note in notes(conversation))


def test_lines_that_are_sent_again_without_hello_are_not_reported_as_lost() -> None:
    conversation = client(interactive=True)
    conversation.submit_line("one", 0.1)

    conversation.disconnected(0.2)
    conversation.connected(0.3)

    assert ("message", "one") in sent(conversation)
    assert not any("acknowledged" in note for note in notes(conversation))


def test_a_client_without_tls_does_not_reconnect_to_a_port_for_tls() -> None:
    conversation = client()
    conversation.receive_input(b"hi\n", 0)
    sent(conversation)

    conversation.receive(
        plain_message(SERVER, "this port is for TLS: connect with TLS (--tls)"), 0.1
    )
    conversation.disconnected(0.1)

    assert not conversation.is_offline
    assert conversation.state is State.CLOSED
    assert conversation.exit_code == ExitCode.LOST
