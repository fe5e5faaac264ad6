"""Input that is not sent, since the server has ended the conversation."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.password_dialog import SignInOptions
from parlour.client.protocol.outbox import MAX_AGE
from parlour.client.protocol.requests import Credentials
from parlour.client.protocol.secret import Secret
from tests.client.conversations import client, lose_connection, notes, sent
from tests.client.conversations import welcome_client as welcome_it
from tests.client.server_lines import (
    account,
    error,
    plain_message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)


def rejected(
    *, interactive: bool = False, reconnects: bool = False, name: str = ""
) -> Conversation:
    """Return the conversation of a client that the server has rejected."""
    conversation = Conversation(
        interactive=interactive, token="t", reconnects=reconnects, name=name
    )
    conversation.receive(welcome(0), 0)
    conversation.receive(session_line("bye", code="kicked", reason=""), 1)
    conversation.disconnected(1)
    conversation.items_to_show()
    return conversation


def signing_in(*, reconnects: bool = False) -> Conversation:
    """Return the conversation of a script that signs in."""
    credentials = Credentials("ann", key=Secret("k" * 43))
    return Conversation(
        interactive=False,
        token="t",
        sign_in=SignInOptions(credentials),
        is_secure=True,
        reconnects=reconnects,
    )


def end(conversation: Conversation, rest: bytes = b"", *, more: bool = False) -> None:
    conversation.end_input(rest, 2, has_more=more)


@pytest.mark.parametrize("reconnects", [False, True])
def test_a_line_that_comes_after_a_rejection_counts_as_not_sent(
    *, reconnects: bool
) -> None:
    conversation = rejected(reconnects=reconnects)

    conversation.receive_input(b"hi\n", 1)
    conversation.receive_input(b"", 1)
    end(conversation)

    assert notes(conversation) == ["Not sent: 1 line of the input"]
    assert conversation.exit_code is ExitCode.LOST


def test_the_rest_of_the_input_counts_with_a_line_that_has_no_end() -> None:
    conversation = rejected()

    conversation.receive_input(b"hi\n/users\nand", 1)
    end(conversation, b" so on\n\n/help\nlast")

    assert notes(conversation) == ["Not sent: 4 lines of the input"]


def test_more_input_than_was_read_is_reported_as_such() -> None:
    conversation = rejected()

    end(conversation, b"hi\nho\n", more=True)

    assert notes(conversation) == ["Not sent: at least 2 lines of the input"]


@pytest.mark.parametrize("rest", [b"", b"\n \n", b"/help\n", b"/quit\nhi\n"], ids=repr)
def test_input_that_is_never_sent_is_no_loss(rest: bytes) -> None:
    conversation = rejected()

    end(conversation, rest)

    assert notes(conversation) == []
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_line_before_quit_is_a_loss() -> None:
    conversation = rejected()

    end(conversation, b"hi\n/quit\nho\n")

    assert notes(conversation) == ["Not sent: 1 line of the input"]


@pytest.mark.parametrize("lines", [b"/quit\nhi\n", b""], ids=repr)
def test_after_the_user_has_left_there_is_no_loss(lines: bytes) -> None:
    conversation = Conversation(interactive=False, token="t")
    conversation.receive(welcome(0), 0)

    conversation.receive_input(lines, 1)
    conversation.disconnected(1)
    end(conversation, b"hi\n")

    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_line_that_a_user_enters_too_late_stays_in_the_prompt() -> None:
    conversation = rejected(interactive=True)

    is_taken = [conversation.submit_line("hi", 1) for _ in range(2)]
    end(conversation)

    assert is_taken == [False, False]
    assert notes(conversation) == ["Not sent: 1 line of the input"]
    assert conversation.exit_code is ExitCode.LOST


def test_a_user_who_has_entered_nothing_loses_nothing() -> None:
    conversation = rejected(interactive=True)

    end(conversation)

    assert notes(conversation) == []
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_refused_name_is_one_note_about_all_lines() -> None:
    conversation = Conversation(interactive=False, token="t", name="Bob")
    conversation.receive_input(b"hi\n", 0)
    conversation.receive(welcome(0) + error("name_taken", about="hello"), 0)
    conversation.disconnected(1)
    assert "so nothing is sent" in notes(conversation)[-1]

    end(conversation, b"ho\n")

    assert notes(conversation) == []
    assert conversation.exit_code is ExitCode.REFUSED


def test_a_script_that_cannot_sign_in_reports_how_much_is_not_sent() -> None:
    conversation = signing_in()
    conversation.receive_input(b"hi\n", 0)
    conversation.receive(error("auth_failed", about="hello"), 0)
    conversation.receive_input(b"ho\n", 0)
    conversation.disconnected(1)
    end(conversation, b"last\n")

    assert notes(conversation)[1:] == ["Not sent: 3 lines of the input"]
    assert conversation.exit_code is ExitCode.SIGN_IN_REFUSED


@pytest.mark.parametrize("ends_before", [False, True])
def test_lines_and_commands_that_wait_for_the_sign_in_are_reported(
    *, ends_before: bool
) -> None:
    conversation = signing_in()
    conversation.receive_input(b"hi\n/users\n", 0)
    if ends_before:
        conversation.receive_input(b"", 0)
    conversation.receive(error("auth_failed", about="hello"), 0)
    conversation.disconnected(1)
    end(conversation)

    assert notes(conversation)[1:] == [
        "Not sent: 1 command",
        "Not sent: 1 line of the input",
    ]
    assert conversation.exit_code is ExitCode.SIGN_IN_REFUSED


def test_a_line_that_was_sent_before_the_sign_in_failed_may_be_stored() -> None:
    conversation = signing_in(reconnects=True)
    conversation.receive(welcome_to_rooms("ann") + account("ann") + room("lobby"), 0)
    sent(conversation)
    conversation.receive_input(b"hi\n", 0)
    assert [kind for kind, _ in sent(conversation)] == ["message"]
    lose_connection(conversation, 1)
    conversation.receive_input(b"ho\n", 2)
    conversation.connected(3)
    conversation.receive(error("auth_failed", about="hello"), 3)
    conversation.disconnected(4)
    end(conversation)

    found = notes(conversation)
    assert "1 of the lines was not acknowledged and may be lost" in found
    assert found[-1] == "Not sent: 1 line of the input"
    assert conversation.exit_code is ExitCode.SIGN_IN_REFUSED


def test_a_command_that_waits_when_the_server_ends_is_a_loss() -> None:
    conversation = Conversation(interactive=False, token="t", name="Ann")

    conversation.receive_input(b"/users\n", 0)
    conversation.receive_input(b"", 0)
    conversation.receive(session_line("bye", code="stopping", reason=""), 1)
    conversation.disconnected(1)

    assert notes(conversation)[-1] == "Not sent: 1 command"
    assert conversation.exit_code is ExitCode.LOST


def test_a_command_at_the_end_of_the_input_waits_for_the_next_connection() -> None:
    conversation = client()
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    lose_connection(conversation, 1)

    conversation.receive_input(b"/topic tea\n", 2)
    conversation.receive_input(b"", 2)
    conversation.connected(3)
    sent(conversation)
    conversation.receive(welcome_to_rooms() + room("lobby"), 3)

    assert ("topic", {"room": "lobby", "topic": "tea"}) in sent(conversation)


def test_a_command_that_was_sent_and_not_answered_may_be_lost() -> None:
    conversation = client(reconnects=False)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    sent(conversation)

    conversation.receive_input(b"/users\n/topic tea\n", 0)
    assert [kind for kind, _ in sent(conversation)] == ["users", "topic"]
    conversation.disconnected(1)

    assert notes(conversation) == ["1 of the commands was not answered and may be lost"]
    assert conversation.exit_code is ExitCode.LOST


def test_a_command_that_is_too_old_after_an_outage_is_a_loss() -> None:
    conversation = client()
    welcome_it(conversation)
    lose_connection(conversation, 1)

    conversation.receive_input(b"/topic tea\n", 2)
    conversation.connected(2 + MAX_AGE)

    assert notes(conversation) == [
        "1 of your commands is older than 5 minutes and not sent"
    ]
    assert conversation.exit_code is ExitCode.LOST


def test_a_search_that_the_server_cannot_do_is_refused() -> None:
    conversation = Conversation(interactive=False)
    conversation.receive(plain_message("a", "1"), 0)

    conversation.receive_input(b"/search tea\n", 0)

    assert notes(conversation) == ["This server cannot search"]
    assert conversation.exit_code is ExitCode.REFUSED
