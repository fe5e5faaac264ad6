"""A user or a script keeps order, or hears how others do."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.input_lines import NO_MODERATORS, NO_ROOM
from parlour.client.protocol.order_items import OrderDone
from parlour.client.protocol.order_requests import Ban
from parlour.client.shutdown import State
from tests.client.conversations import client, lose_connection, notes, sent, texts
from tests.client.server_lines import error, room, session_line, welcome_to_rooms


def joined(*, interactive: bool = True, reconnects: bool = False) -> Conversation:
    """Return the conversation of Ann, who is in the lobby."""
    conversation = client(interactive=interactive, reconnects=reconnects)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0)
    sent(conversation)
    conversation.items_to_show()
    return conversation


def pong(number: int) -> bytes:
    return session_line("pong", token=f"done?{number}")


def kinds(conversation: Conversation) -> list[str]:
    return [kind for kind, _ in sent(conversation)]


@pytest.mark.parametrize("interactive", [True, False])
def test_a_command_acts_in_the_current_room(*, interactive: bool) -> None:
    conversation = joined(interactive=interactive)

    conversation.submit_line("/mute Bob 10m noise", 1)

    data = {"room": "lobby", "name": "Bob", "seconds": 600, "reason": "noise"}
    assert sent(conversation)[0] == ("mute", data)


def test_a_command_needs_a_room_but_not_on_the_whole_server() -> None:
    conversation = joined()
    conversation.receive(
        session_line("left", room="lobby", name="Ann", reason="kicked", you=True), 1
    )
    conversation.submit_line("/room lobby", 1)
    conversation.submit_line("/leave", 1)
    conversation.items_to_show()

    conversation.submit_line("/kick Bob", 2)
    told = notes(conversation)
    conversation.submit_line("/ban --server Bob", 2)

    assert told == [f"Not possible: {NO_ROOM}"]
    assert kinds(conversation) == ["ban", "ping"]


def test_a_conversation_of_two_has_no_moderators() -> None:
    conversation = joined()
    conversation.submit_line("/msg Bob", 1)
    sent(conversation)
    conversation.receive(room("direct:1", other="Bob"), 1)
    conversation.items_to_show()

    conversation.submit_line("/mute Bob", 2)

    assert notes(conversation) == [f"Not possible: {NO_MODERATORS}"]
    assert kinds(conversation) == []


def test_a_script_waits_until_a_command_is_carried_out() -> None:
    conversation = joined(interactive=False)
    conversation.receive_input(b"/ban --server Bob 2h spam\n", 1)
    conversation.receive_input(b"", 1)
    sent(conversation)

    conversation.receive(session_line("pong", token="?"), 2)
    before = conversation.state
    conversation.receive(pong(1), 2)

    assert (before, conversation.state) == (State.FINISHING, State.CLOSING)
    done = OrderDone(Ban(None, "Bob", 7_200, "spam"))
    assert done in conversation.items_to_show()
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_script_that_may_not_do_it_ends_with_exit_code_6() -> None:
    conversation = joined(interactive=False)
    conversation.receive_input(b"/kick Bob\n", 1)

    conversation.receive(error("not_allowed", about="kick", room="lobby"), 2)

    assert texts(conversation) == ["not_allowed"]
    assert conversation.exit_code is ExitCode.REFUSED


def test_a_script_whose_command_had_no_answer_ends_with_exit_code_5() -> None:
    conversation = joined(interactive=False, reconnects=True)
    conversation.receive_input(b"/kick Bob\n", 1)
    sent(conversation)

    lose_connection(conversation, 2)

    assert conversation.exit_code is ExitCode.LOST


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("banned", ExitCode.SIGN_IN_REFUSED), ("kicked", ExitCode.SUCCESS)],
)
@pytest.mark.parametrize("is_admitted", [True, False])
def test_who_is_removed_is_told_why_and_does_not_come_back(
    code: str, exit_code: ExitCode, *, is_admitted: bool
) -> None:
    conversation = client(interactive=True, reconnects=True)
    if is_admitted:
        conversation.receive(welcome_to_rooms() + room("lobby"), 0)
        conversation.items_to_show()

    conversation.receive(session_line("bye", code=code, reason="enough"), 1)
    told = texts(conversation)
    conversation.disconnected(1)

    assert told == ["enough"]
    assert conversation.state is State.CLOSED
    assert conversation.exit_code is exit_code


def test_a_banned_client_is_refused_after_a_reconnect() -> None:
    conversation = joined(reconnects=True)
    lose_connection(conversation, 2)
    conversation.connected(3)

    conversation.receive(session_line("bye", code="banned", reason="you are banned"), 4)
    conversation.disconnected(4)

    assert "you are banned" in texts(conversation)
    assert conversation.state is State.CLOSED
    assert conversation.exit_code is ExitCode.SIGN_IN_REFUSED


def test_whom_a_moderator_removes_may_return() -> None:
    conversation = joined()
    left = session_line("left", room="lobby", name="Ann", reason="kicked", you=True)

    conversation.receive(left, 1)
    conversation.submit_line("/join lobby", 2)

    assert sent(conversation) == [("join", {"room": "lobby"})]
