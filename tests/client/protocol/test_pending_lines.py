"""Lines are shown as pending while offline or while an answer is overdue."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.protocol.pending_lines import NO_ANSWER, OVERDUE_AFTER
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.formatter import Formatter
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener
from tests.client.server_lines import plain_message, session_line, welcome


def talk() -> Conversation:
    """Return an interactive conversation after the welcome."""
    conversation = Conversation(
        interactive=True,
        token="t" * 20,
        reconnects=True,
        room_display=RoomDisplay.CURRENT,
    )
    conversation.receive(welcome(0), 0.0)
    conversation.data_to_send()
    return conversation


def seen(conversation: Conversation) -> list[str]:
    """Return the new items as a person sees them."""
    return [
        line.text for line in Formatter(echo=True).lines(conversation.items_to_show())
    ]


def test_lines_are_marked_as_pending_while_an_answer_is_overdue() -> None:
    conversation = talk()
    conversation.submit_line("one", 1.0)
    assert conversation.deadline == 1.0 + OVERDUE_AFTER
    assert conversation.status(3.0).connection == ""
    conversation.tick(3.0)
    assert conversation.status(3.0).connection == NO_ANSWER == "(no answer yet) "
    conversation.submit_line("two", 4.0)
    assert seen(conversation) == ["one", "… two"]

    conversation.receive(session_line("stored", id="1"), 4.5)
    assert conversation.status(4.5).connection == ""
    conversation.receive(session_line("stored", id="2"), 4.5)

    assert seen(conversation) == ["-- The pending line is now stored"]


def test_the_deadline_of_an_overdue_answer_expires_once() -> None:
    conversation = talk()
    conversation.submit_line("one", 1.0)
    conversation.tick(3.0)

    assert conversation.deadline is not None
    assert conversation.deadline > 3.0


def test_an_unanswered_ping_counts_as_an_overdue_answer() -> None:
    conversation = talk()
    for now in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 32.0):
        conversation.tick(now)  # at 30 s the client sends a ping

    assert conversation.status(32.0).connection == NO_ANSWER
    conversation.submit_line("hello?", 33.0)
    assert seen(conversation) == ["… hello?"]


@pytest.mark.parametrize("is_session", [True, False])
def test_a_note_reports_when_all_lines_of_an_outage_are_sent_or_stored(
    is_session: bool,
) -> None:
    conversation = (
        talk() if is_session else Conversation(interactive=True, reconnects=True)
    )
    conversation.disconnected(1.0)
    conversation.submit_line("one", 2.0)
    conversation.submit_line("two", 3.0)
    assert seen(conversation) == ["Server disconnected", "… one", "… two"]
    conversation.connected(4.0)
    if is_session:
        conversation.submit_line("three", 4.0)  # nothing is sent before the welcome
        assert seen(conversation) == ["… three"]
        conversation.receive(welcome(0), 4.0)
        for line_id in "123":
            conversation.receive(session_line("stored", id=line_id), 5.0)
    else:
        conversation.receive(plain_message("bob", "hi"), 4.0)

    note = "3 pending lines are now stored" if is_session else "2 pending lines are now"
    assert any(line.startswith(f"-- {note}") for line in seen(conversation))


def test_a_refused_line_is_not_reported_as_stored() -> None:
    conversation = talk()
    conversation.disconnected(1.0)
    conversation.submit_line("one", 2.0)
    conversation.connected(4.0)
    conversation.receive(welcome(0), 4.0)
    refusal = session_line("error", code="message_too_long", reason="too long", id="1")
    conversation.receive(refusal, 5.0)

    assert seen(conversation)[-1] == "[Server]: too long"


def test_a_stale_line_is_not_reported_as_stored() -> None:
    conversation = talk()
    conversation.disconnected(1.0)
    conversation.submit_line("one", 2.0)
    conversation.connected(400.0)
    conversation.receive(welcome(0), 400.0)

    assert not any("pending line" in line for line in seen(conversation))


def test_the_prompt_shows_that_an_answer_is_overdue(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("dialect='auto'")
    with listener.accept() as peer:
        peer.read_line()
        peer.sock.sendall(welcome(0))
        assert peer.read_json()["type"] == "users"
        peer.sock.sendall(session_line("users", room="lobby", users=[], more=False))
        screen.press("one\r")
        assert peer.read_json()["type"] == "message"
        screen.expect_rows("one", "(no answer yet)")
        screen.press("two\r")
        assert peer.read_json()["type"] == "message"
        screen.expect_rows("one", "… two", "(no answer yet)")
        peer.sock.sendall(
            session_line("stored", id="1") + session_line("stored", id="2")
        )

        screen.expect_rows("one", "… two", "-- The pending line is now stored")


def test_bytes_of_an_incomplete_line_prevent_a_ping() -> None:
    conversation = talk()
    for now in range(5, 65, 5):
        conversation.receive(b" ", float(now))
        conversation.tick(float(now))

    assert not conversation.is_offline
    assert conversation.data_to_send() == b""
