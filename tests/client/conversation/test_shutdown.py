"""The end of a conversation: the answers that the client waits for, and exit codes."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import Disconnected, Note
from parlour.client.protocol.outbox import MAX_AGE
from parlour.client.shutdown import (
    CLOSE_TIMEOUT,
    IDLE_TIMEOUT,
    INTERACTIVE_TIMEOUT,
    NO_CHAT,
    PROGRESS_TIMEOUT,
    SESSION_PROGRESS_TIMEOUT,
    SILENT_END,
    SUSPENDED_AFTER,
    State,
)
from parlour.client.terminal.shown_items import ShownItem
from tests.client.server_lines import plain_message, session_line, welcome

HI = b'{"type": "message", "data": "hi"}\n'


def pipe() -> Conversation:
    return Conversation(interactive=False)


def interactive_client() -> Conversation:
    return Conversation(interactive=True)


def welcomed(*lines: str, reconnects: bool = False) -> Conversation:
    """Return an interactive client that was welcomed and has sent these lines."""
    conversation = Conversation(
        interactive=True, token="a secret", reconnects=reconnects
    )
    conversation.receive(welcome(0), 0)
    for line in lines:
        conversation.submit_line(line, 0)
    take_sent(conversation)
    return conversation


def stored(line_id: str) -> bytes:
    return session_line("stored", id=line_id, room="lobby", sequence=1)


def take_sent(conversation: Conversation, now: float = 0) -> bytes:
    """Take the bytes to send, like a network that accepts everything at once."""
    data = conversation.data_to_send()
    conversation.written(0, now)
    return data


def state_of(conversation: Conversation) -> State:
    return conversation.state


def notes(shown: list[ShownItem]) -> list[str]:
    return [item.text for item in shown if isinstance(item, Note)]


def test_a_client_without_input_only_receives() -> None:
    conversation = pipe()

    conversation.receive_input(b"", 0)
    conversation.receive(plain_message("a", "1"), 99)

    assert state_of(conversation) is State.RECEIVE_ONLY
    assert conversation.deadline is None
    conversation.disconnected()
    assert state_of(conversation) is State.CLOSED
    assert conversation.exit_code == ExitCode.SUCCESS
    assert conversation.items_to_show()[-1] == Disconnected()


def test_an_echo_shortens_the_wait() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n", 10)
    take_sent(conversation, 10)
    conversation.receive_input(b"", 11)
    assert conversation.deadline == 11 + PROGRESS_TIMEOUT
    conversation.receive(plain_message("me", "hi"), 12)
    assert conversation.deadline == 12 + IDLE_TIMEOUT
    conversation.tick(12 + IDLE_TIMEOUT)

    assert state_of(conversation) is State.CLOSING
    conversation.disconnected()
    assert state_of(conversation) is State.CLOSED
    assert conversation.exit_code == ExitCode.SUCCESS
    assert Disconnected() not in conversation.items_to_show()


def test_the_client_leaves_after_silence_or_a_timeout_in_a_busy_room() -> None:
    conversation = pipe()

    conversation.receive_input(b"/history\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)

    for step in range(12):
        conversation.receive(plain_message("[Server]", "line"), step * 0.4)
    assert conversation.deadline == 11 * 0.4 + IDLE_TIMEOUT
    conversation.receive(plain_message("bob", "and on and on"), 4.9)
    assert conversation.deadline == PROGRESS_TIMEOUT


def test_lines_without_an_echo_count_as_lost() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\nho\n/jion\n" + b"x" * 20_000 + b"\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)
    conversation.receive(plain_message("me", "ho"), 1)
    conversation.tick(1 + PROGRESS_TIMEOUT)

    assert state_of(conversation) is State.CLOSING
    assert conversation.exit_code == ExitCode.LOST
    assert (
        "1 of the lines was not acknowledged" in notes(conversation.items_to_show())[-1]
    )


def test_a_notice_does_not_count_as_an_echo() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)
    conversation.receive(plain_message("[Server]", "hi"), 1)

    assert conversation.deadline == PROGRESS_TIMEOUT


def test_equal_lines_need_an_echo_each() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\nhi\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)
    conversation.receive(plain_message("me", "hi"), 1)
    assert conversation.deadline == 1 + PROGRESS_TIMEOUT
    conversation.receive(plain_message("me", "hi"), 2)

    assert conversation.deadline == 2 + IDLE_TIMEOUT


def test_a_server_that_does_not_read_ends_the_wait() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n", 0)
    assert conversation.data_to_send() == HI
    conversation.receive_input(b"", 0)
    conversation.written(10, 3)
    assert conversation.deadline == 3 + PROGRESS_TIMEOUT
    conversation.tick(3 + PROGRESS_TIMEOUT)
    conversation.tick(3 + PROGRESS_TIMEOUT + CLOSE_TIMEOUT)

    assert state_of(conversation) is State.CLOSED
    assert conversation.exit_code == ExitCode.LOST


def test_in_the_session_dialect_the_client_waits_longer() -> None:
    conversation = Conversation(interactive=False, token="a secret")
    conversation.receive(welcome(0), 0)

    conversation.receive_input(b"hi\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)
    conversation.receive(session_line("ping", token="t"), 15)
    conversation.tick(SESSION_PROGRESS_TIMEOUT - 0.1)
    before = state_of(conversation)
    conversation.tick(SESSION_PROGRESS_TIMEOUT)

    assert before is State.FINISHING
    assert state_of(conversation) is State.CLOSING
    assert conversation.exit_code == ExitCode.LOST


def test_a_suspended_client_starts_its_wait_again() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n", 0)
    take_sent(conversation)
    conversation.receive_input(b"", 0)
    late = PROGRESS_TIMEOUT + SUSPENDED_AFTER + 1
    conversation.tick(late)

    assert state_of(conversation) is State.FINISHING
    assert conversation.deadline == late + PROGRESS_TIMEOUT


def test_lines_without_an_echo_are_lost_if_the_server_disconnects() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n", 0)
    take_sent(conversation)
    conversation.disconnected()

    assert conversation.items_to_show()[1] == Disconnected()
    assert conversation.exit_code == ExitCode.LOST


def test_an_interactive_client_reports_only_unsent_lines() -> None:
    lost, sent = interactive_client(), interactive_client()
    for conversation in (lost, sent):
        conversation.submit_line("hi", 0)

    lost.disconnected()
    take_sent(sent)
    sent.disconnected()

    assert lost.exit_code == ExitCode.LOST
    assert sent.exit_code == ExitCode.SUCCESS


def test_an_incomplete_last_line_is_reported() -> None:
    conversation = pipe()

    conversation.receive(plain_message("a", "1") + plain_message("a", "2")[:-9], 0)
    conversation.disconnected()

    _, note, disconnected = conversation.items_to_show()
    assert isinstance(note, Note)
    assert disconnected == Disconnected()


def test_an_interactive_client_leaves_at_once() -> None:
    conversation = interactive_client()

    conversation.submit_line("/quit", 10)
    conversation.submit_line("too late", 10)

    assert state_of(conversation) is State.CLOSING
    assert conversation.deadline == 10 + CLOSE_TIMEOUT
    assert conversation.data_to_send() == b""
    conversation.tick(10 + CLOSE_TIMEOUT)
    assert state_of(conversation) is State.CLOSED
    assert conversation.exit_code == ExitCode.SUCCESS


def test_an_interactive_client_leaves_at_the_end_of_input() -> None:
    conversation = interactive_client()

    conversation.receive_input(b"", 0)

    assert state_of(conversation) is State.CLOSING


def test_an_interactive_client_leaves_once_every_line_is_recorded() -> None:
    conversation = welcomed("hi", "/history", "ho")

    conversation.receive(stored("1"), 9)
    conversation.submit_line("/quit", 10)
    assert state_of(conversation) is State.FINISHING
    conversation.receive(stored("3"), 10.5)

    assert state_of(conversation) is State.CLOSING
    assert conversation.data_to_send() == session_line("bye").replace(b" ", b"")
    assert conversation.exit_code == ExitCode.SUCCESS
    assert notes(conversation.items_to_show()) == []


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (["hi"], "1 of your lines is not known to be stored"),
        (["hi", "ho", "/history"], "2 of your lines are not known to be stored"),
    ],
)
def test_leaving_reports_how_many_lines_may_be_lost(
    lines: list[str], note: str
) -> None:
    conversation = welcomed(*lines)

    conversation.leave(1)
    for step in range(1, 10):  # other events do not extend the wait
        conversation.receive(session_line("joined", name="Bob"), 1 + step / 10)
    assert conversation.deadline == 1 + INTERACTIVE_TIMEOUT
    conversation.tick(1 + INTERACTIVE_TIMEOUT)

    assert state_of(conversation) is State.CLOSING
    assert notes(conversation.items_to_show()) == [note]
    assert conversation.exit_code == ExitCode.LOST


def test_an_interactive_client_that_leaves_does_not_reconnect() -> None:
    conversation = welcomed("hi", reconnects=True)

    conversation.leave(10)
    conversation.disconnected(10)

    assert state_of(conversation) is State.CLOSED
    assert notes(conversation.items_to_show()) == [
        "1 of your lines is not known to be stored"
    ]
    assert conversation.exit_code == ExitCode.LOST


def test_leaving_reports_lines_that_were_not_confirmed() -> None:
    conversation = welcomed("hi", reconnects=True)
    conversation.disconnected(1)
    conversation.connected(MAX_AGE + 9)
    conversation.receive(welcome(0), MAX_AGE + 9)
    conversation.items_to_show()

    conversation.leave(MAX_AGE + 9)

    assert state_of(conversation) is State.CLOSING
    assert notes(conversation.items_to_show()) == [
        "1 of your lines is not known to be stored"
    ]
    assert conversation.exit_code == ExitCode.LOST


def test_quit_in_a_pipe_waits_for_the_answers() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\n/quit\nnot any more\n", 0)

    assert state_of(conversation) is State.FINISHING
    assert conversation.data_to_send() == HI


def test_an_unsent_hello_is_not_reported_as_a_loss() -> None:
    conversation = Conversation(interactive=True, token="a secret", reconnects=True)
    conversation.leave(1)
    conversation.disconnected(2)

    assert notes(conversation.items_to_show()) == []
    assert conversation.exit_code is ExitCode.SUCCESS


@pytest.mark.parametrize("received", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_server_that_ends_without_a_line_of_a_chat_is_none(received: bytes) -> None:
    conversation = pipe()
    conversation.receive_input(b"", 0)
    conversation.receive(received, 1)
    conversation.disconnected(10)

    assert conversation.items_to_show()[-1] == Note(NO_CHAT)
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_chat_in_which_nobody_has_spoken_may_end() -> None:
    conversation = pipe()
    conversation.receive_input(b"", 0)
    conversation.disconnected(SILENT_END + 0.1)

    assert conversation.items_to_show()[-1] == Disconnected()
    assert conversation.exit_code is ExitCode.SUCCESS


@pytest.mark.parametrize(
    "line",
    [welcome(1), session_line("ping", token="t"), plain_message("a", "1")],
    ids=["welcome", "ping", "message"],
)
def test_one_line_of_a_chat_is_enough(line: bytes) -> None:
    conversation = Conversation(interactive=False, token="t")
    conversation.receive_input(b"", 0)
    conversation.receive(line, 0)
    conversation.disconnected(1)
    conversation.disconnected(2)

    assert Note(NO_CHAT) not in conversation.items_to_show()


def test_a_server_that_ends_without_a_word_and_is_gone_then_is_no_chat() -> None:
    conversation = Conversation(interactive=False, token="t")
    conversation.receive_input(b"", 0)
    conversation.disconnected(1)
    conversation.begin_attempt()
    conversation.connect_failed("refused", 2)

    assert conversation.items_to_show()[-1] == Note(NO_CHAT)
    assert conversation.exit_code is ExitCode.SUCCESS


def test_lost_lines_decide_the_exit_code_of_what_is_no_chat() -> None:
    conversation = pipe()
    conversation.receive_input(b"hi\n", 0)
    take_sent(conversation)
    conversation.disconnected(1)

    assert Note(NO_CHAT) in conversation.items_to_show()
    assert conversation.exit_code is ExitCode.LOST
