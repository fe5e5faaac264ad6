"""Rooms in a conversation: which lines are sent, and how it ends without rooms."""

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.early_lines import MAX_HELD
from parlour.client.protocol.negotiation import ROOMS_TIMEOUT, WELCOME_TIMEOUT
from parlour.client.shutdown import NO_ROOMS, NO_WELCOME, State
from tests.client.conversations import notes, sent
from tests.client.server_lines import (
    ENTERED,
    error,
    plain_message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

PLAIN = ENTERED + plain_message("Bob", "1") + plain_message("Bob", "2")


def talk(*rooms: str, interactive: bool = False) -> Conversation:
    return Conversation(
        interactive=interactive, token="t" * 20, rooms=rooms, reconnects=True
    )


HELLO_REFUSED = plain_message("[Server]", '"hello" must be the first line')


@pytest.mark.parametrize("interactive", [False, True])
@pytest.mark.parametrize(
    "server", [HELLO_REFUSED, welcome(0)], ids=["plain", "release 1"]
)
def test_a_client_leaves_a_server_that_lacks_its_rooms(
    server: bytes, interactive: bool
) -> None:
    conversation = talk("dev", interactive=interactive)
    conversation.submit_line("hi", 0.0, "dev")
    sent(conversation)
    conversation.receive(server, 0.1)

    assert conversation.state is State.CLOSING
    assert conversation.exit_code == ExitCode.NO_CONNECTION
    assert [kind for kind, _ in sent(conversation)] in ([], ["bye"])
    note, lost = notes(conversation)
    assert note == NO_ROOMS
    assert lost.startswith("1 of ")


def test_a_client_leaves_a_server_that_sends_plain_lines_and_no_welcome() -> None:
    conversation = talk("dev")
    conversation.submit_line("hi", 0.0, "dev")
    sent(conversation)
    conversation.receive(PLAIN, 0.1)

    conversation.tick(WELCOME_TIMEOUT - 0.1)
    before = conversation.state
    conversation.tick(WELCOME_TIMEOUT)

    assert before is State.OPEN
    assert conversation.exit_code == ExitCode.NO_CONNECTION
    assert sent(conversation) == []
    assert notes(conversation)[0] == NO_WELCOME


def test_a_client_does_not_claim_that_a_busy_server_has_one_room() -> None:
    conversation = talk("dev")

    conversation.receive(plain_message("Bob", "hi") * (MAX_HELD + 1), 0.1)
    conversation.tick(WELCOME_TIMEOUT)

    assert notes(conversation) == [NO_WELCOME]


def test_a_client_for_other_rooms_waits_for_a_silent_server() -> None:
    conversation = talk("dev")
    conversation.receive_input(b"hi\n", 0.0)
    conversation.receive_input(b"", 0.0)

    conversation.tick(ROOMS_TIMEOUT - 0.1)
    before = conversation.state
    conversation.tick(ROOMS_TIMEOUT)

    assert before is State.FINISHING
    assert conversation.exit_code == ExitCode.NO_CONNECTION
    assert notes(conversation)[0] == NO_WELCOME


def test_a_client_for_other_rooms_is_welcomed_late() -> None:
    conversation = talk("dev")
    conversation.submit_line("hi", 0.0, "dev")
    conversation.tick(ROOMS_TIMEOUT - 1)
    sent(conversation)

    conversation.receive(welcome_to_rooms() + room("dev"), ROOMS_TIMEOUT - 1)

    assert conversation.state is State.OPEN
    assert [kind for kind, _ in sent(conversation)] == ["message"]


def test_a_client_of_the_lobby_stays_on_a_server_with_one_room() -> None:
    conversation = talk("lobby")
    conversation.receive(welcome(0), 0.1)

    assert conversation.state is State.OPEN
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_pipe_waits_for_the_answers_to_its_commands() -> None:
    conversation = talk("lobby")
    conversation.receive(welcome_to_rooms() + room("lobby"), 0.0)
    conversation.receive_input(b"/join dev\nhi\n", 0.1)
    conversation.receive_input(b"", 0.1)
    before = sent(conversation)[1:], conversation.state
    conversation.receive(room("dev"), 0.2)
    conversation.receive(session_line("stored", id="2", room="dev", sequence=1), 0.3)

    assert before == (
        [
            ("join", {"room": "dev"}),
            ("message", {"room": "dev", "message": "hi", "id": "2"}),
        ],
        State.FINISHING,
    )
    assert conversation.state is State.CLOSING
    assert conversation.exit_code is ExitCode.SUCCESS


def test_a_refused_command_of_a_pipe_is_a_refusal() -> None:
    conversation = talk("lobby")
    conversation.receive(welcome_to_rooms() + room("lobby"), 0.0)
    conversation.receive_input(b"/join dev\n", 0.1)
    conversation.receive(error("room_unavailable", about="join", room="dev"), 0.2)

    assert conversation.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize(
    "line",
    [
        "x" * 17_000,
        f"/msg Bob {'x' * 17_000}",
        f"/topic {'x' * 33_000}",
        f"/search {'x' * 33_000}",
    ],
)
def test_a_request_that_is_too_long_for_the_wire_is_not_sent(line: str) -> None:
    conversation = talk("dev")
    conversation.receive(welcome_to_rooms() + room("dev"), 0.0)
    sent(conversation)

    conversation.submit_line(line, 0.1, "dev")

    assert sent(conversation) == []
    assert conversation.exit_code is ExitCode.REFUSED


def test_a_text_for_a_direct_room_is_pending_until_it_is_stored() -> None:
    conversation = talk("lobby", interactive=True)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0.0)
    conversation.disconnected(1.0)
    conversation.submit_line("/msg Bob hi", 1.0)
    conversation.connected(2.0)
    conversation.receive(welcome_to_rooms() + room("lobby"), 2.0)
    conversation.receive(room("direct:1", other="Bob"), 2.1)
    before = notes(conversation)

    conversation.receive(session_line("stored", id="1", room="direct:1"), 2.2)

    assert not any("pending" in note for note in before)
    assert notes(conversation) == ["The pending line is now stored"]


def test_a_stale_text_for_a_direct_room_is_sent_only_after_a_confirmation() -> None:
    conversation = talk("lobby", interactive=True)
    conversation.receive(welcome_to_rooms() + room("lobby"), 0.0)
    conversation.disconnected(1.0)
    conversation.submit_line("/msg Bob hi", 1.0)
    conversation.connected(400.0)
    conversation.receive(welcome_to_rooms() + room("lobby"), 400.0)
    first = [kind for kind, _ in sent(conversation)]

    conversation.submit_line("", 401.0)

    assert first == ["hello"]
    assert sent(conversation) == [("direct", {"to": "Bob"})]
