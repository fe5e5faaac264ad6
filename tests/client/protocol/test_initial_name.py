"""A pipe sends lines under the name on its command line, or none at all."""

import json

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import Note
from parlour.client.protocol.initial_name import NAME_TIMEOUT
from parlour.client.shutdown import State
from tests.client.server_lines import plain_message, session_line, welcome

SET_NAME = ("set-name", "Kobzol")
HI = ("message", "hi")


def pipe(
    *, any_name: bool = False, token: str = "", interactive: bool = False
) -> Conversation:
    """Return a client that has a line to send and has received nothing."""
    conversation = Conversation(
        interactive=interactive, name="Kobzol", any_name=any_name, token=token
    )
    conversation.receive_input(b"hi\n", 0)
    return conversation


def server(text: str) -> bytes:
    return plain_message("[Server]", text)


def sent(conversation: Conversation) -> list[tuple[str, object]]:
    lines = conversation.data_to_send().splitlines()
    found = [json.loads(line) for line in lines]
    return [(line["type"], line["data"]) for line in found]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:57354 renamed to Kobzol",
        "'127.0.0.1:57354' renamed to 'Kobzol'",
        "Kobzol has entered the chat",
        "you are Kobzol already",
        '"127.0.0.1:57354" is now called "Kobzol"',
    ],
)
def test_lines_are_sent_once_a_plain_server_grants_the_name(text: str) -> None:
    conversation = pipe()
    conversation.receive(server("127.0.0.1:57354 has entered the chat"), 0)

    assert sent(conversation) == [SET_NAME]
    conversation.receive(server(text), 0)
    assert sent(conversation) == [HI]


@pytest.mark.parametrize(
    "text",
    [
        "the name Kobzol is taken, or looks like one that is",
        "that name is reserved",
        "a name has at most 32 characters",
        "a name does not look like an address",
        "Nickname already in use",
        "Kobzol is not allowed here",
    ],
)
def test_nothing_is_sent_if_a_plain_server_refuses_the_name(text: str) -> None:
    conversation = pipe()
    conversation.receive(server("127.0.0.1:57354 has entered the chat"), 0)
    sent(conversation)

    conversation.receive(server(text), 0)

    assert conversation.state is State.CLOSING
    assert sent(conversation) == []
    assert conversation.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize(
    "line",
    [
        server("Welcome! Change your name with /setname"),
        server("romeo has left the chat"),
        server("Kobzol has left the chat"),
        server("romeo renamed to Kobzol"),  # our request will be refused next
        plain_message("romeo", "the name Kobzol is taken"),
        plain_message("romeo", "you renamed to Kobzol"),
    ],
)
def test_other_lines_do_not_end_the_wait_but_the_timeout_does(line: bytes) -> None:
    conversation = pipe()
    conversation.receive(server("127.0.0.1:57354 has entered the chat"), 0)
    sent(conversation)

    conversation.receive(line, 0)
    assert sent(conversation) == []
    assert conversation.deadline is not None
    assert conversation.deadline <= NAME_TIMEOUT
    conversation.tick(NAME_TIMEOUT)

    assert sent(conversation) == [HI]


def test_a_welcome_with_the_name_grants_it() -> None:
    conversation = pipe(token="a secret of 128 bits")
    sent(conversation)

    conversation.receive(welcome(0, you="Kobzol"), 0)

    assert [kind for kind, _ in sent(conversation)] == ["message"]


def test_nothing_is_sent_if_a_session_server_refuses_the_name() -> None:
    conversation = pipe(token="a secret of 128 bits")
    sent(conversation)

    conversation.receive(welcome(0, you="127.0.0.1:57354"), 0)
    assert sent(conversation) == []
    conversation.receive(
        session_line("error", code="name_taken", reason="it is taken"), 0
    )

    assert conversation.state is State.CLOSING
    assert sent(conversation) == [("bye", {})]
    assert conversation.exit_code is ExitCode.REFUSED


def test_a_session_server_that_uses_another_name_has_refused_it() -> None:
    conversation = pipe(token="a secret of 128 bits")
    conversation.receive(welcome(0, you="127.0.0.1:57354"), 0)
    sent(conversation)

    conversation.tick(NAME_TIMEOUT)

    assert conversation.exit_code is ExitCode.REFUSED


def test_any_name_continues_after_a_refusal_with_a_note() -> None:
    conversation = pipe(any_name=True)
    conversation.receive(server("that name is reserved"), 0)

    assert sent(conversation) == [SET_NAME, HI]
    assert conversation.exit_code is ExitCode.SUCCESS
    note = "The name Kobzol was refused: continuing without it"
    assert Note(note) in conversation.items_to_show()


def test_a_refusal_also_ends_a_client_without_lines() -> None:
    conversation = Conversation(interactive=False, name="Kobzol")
    conversation.receive_input(b"", 0)

    conversation.receive(server("that name is reserved"), 0)

    assert conversation.state is State.CLOSING
    assert conversation.exit_code is ExitCode.REFUSED


def test_an_interactive_client_sends_lines_after_a_refusal() -> None:
    conversation = pipe(interactive=True)
    conversation.receive(server("that name is reserved"), 0)

    assert sent(conversation) == [SET_NAME, HI]
    assert conversation.state is State.OPEN


def test_a_name_refused_after_a_reconnect_ends_the_client() -> None:
    conversation = Conversation(interactive=False, name="Kobzol", reconnects=True)
    conversation.receive(server("you renamed to Kobzol"), 0)
    conversation.disconnected(1)
    conversation.tick(60)
    conversation.begin_attempt()
    conversation.connected(60)

    conversation.receive_input(b"hi\n", 60)
    conversation.receive(server("that name is reserved"), 60)

    assert sent(conversation) == [SET_NAME]
    assert conversation.exit_code is ExitCode.REFUSED
