"""The client sends hello, and works without a welcome."""

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import ChatMessage, Disconnected, Note
from parlour.client.protocol.negotiation import (
    HELLO_FAILURE_WINDOW,
    MAX_PROVISIONAL,
    RESUME_TIMEOUT,
    WELCOME_TIMEOUT,
)
from tests.client.conversations import (
    client,
    hello,
    lose_connection,
    notes,
    sent,
    texts,
    welcome_client,
)
from tests.client.server_lines import ENTERED, plain_message, welcome


def test_a_late_welcome_is_accepted() -> None:
    conversation = client()
    sent(conversation)
    conversation.submit_line("hi", 0)
    conversation.tick(WELCOME_TIMEOUT)
    conversation.receive(welcome(5), WELCOME_TIMEOUT + 1)

    conversation.submit_line("ho", 2)

    assert sent(conversation)[-1] == (
        "message",
        {"room": "lobby", "message": "ho", "id": "2"},
    )


def test_a_known_server_that_sends_nothing_counts_as_lost() -> None:
    conversation = client()
    welcome_client(conversation)
    lose_connection(conversation, 1)
    conversation.connected(2)
    conversation.submit_line("hi", 2)

    conversation.tick(2 + RESUME_TIMEOUT)

    assert conversation.is_offline
    assert [kind for kind, _ in sent(conversation)] == []


def test_failed_attempts_are_not_reported_and_hello_is_sent_again() -> None:
    conversation = client()
    welcome_client(conversation)

    for now in range(1, 4):
        lose_connection(conversation, now)
        conversation.connected(now)
        assert hello(conversation)["resume"]
    conversation.receive(welcome(5), 4)

    disconnected, _, note = conversation.items_to_show()
    assert disconnected == Disconnected(is_last=False)
    assert note == Note("Reconnected after 4 s")


def test_hello_is_sent_again_to_a_server_that_was_down() -> None:
    conversation = client()
    conversation.submit_line("hi", 0)
    sent(conversation)

    lose_connection(conversation, 1)
    conversation.connect_failed("connection refused", 1)
    lose_connection(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(5), 2)

    assert [kind for kind, _ in sent(conversation)] == ["hello"]
    assert "1 of your lines is possibly stored already and not sent again" in notes(
        conversation
    )
    assert conversation.exit_code == ExitCode.LOST


def test_hello_is_sent_again_if_a_connection_without_it_ends() -> None:
    conversation = client()
    sent(conversation)

    lose_connection(conversation, 1)
    conversation.connected(1)
    assert sent(conversation) == []
    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)


def test_reconnecting_without_hello_is_not_reported_as_an_outage() -> None:
    conversation = client()
    sent(conversation)

    lose_connection(conversation, 1)
    conversation.connected(1)
    conversation.receive(ENTERED + plain_message("a", "1"), 1)

    assert not any(isinstance(item, Note) for item in conversation.items_to_show())


def test_a_silent_server_is_sent_a_bounded_number_of_requests() -> None:
    conversation = client()
    sent(conversation)

    for _ in range(MAX_PROVISIONAL + 9):
        conversation.submit_line("hi", 1)
    assert len(sent(conversation)) == MAX_PROVISIONAL
    assert conversation.deadline == HELLO_FAILURE_WINDOW
    conversation.tick(HELLO_FAILURE_WINDOW)

    assert len(sent(conversation)) == 9


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
    welcome_client(conversation)
    for now in (10, 20):
        lose_connection(conversation, now)
        conversation.connected(now)
        conversation.receive(full, now)
    conversation.disconnected(21)

    assert texts(conversation) == ["the server is full (2 users); try again later"]
    conversation.submit_line("", 22)
    assert conversation.wants_connection, "Enter reconnects at once"
