"""A pipe speaks under the name that it was given, or not at all."""

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
    """Return a client with a line to say, which has been told of nobody yet."""
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
def test_it_speaks_once_a_plain_server_says_that_it_has_the_name(text: str) -> None:
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
def test_it_says_nothing_if_a_plain_server_refuses_the_name(text: str) -> None:
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
        server("romeo renamed to Kobzol"),  # then ours will be refused
        plain_message("romeo", "the name Kobzol is taken"),
        plain_message("romeo", "you renamed to Kobzol"),
    ],
)
def test_what_is_no_answer_is_waited_through_but_not_for_ever(line: bytes) -> None:
    conversation = pipe()
    conversation.receive(server("127.0.0.1:57354 has entered the chat"), 0)
    sent(conversation)

    conversation.receive(line, 0)
    assert sent(conversation) == []
    assert conversation.deadline is not None
    assert conversation.deadline <= NAME_TIMEOUT
    conversation.tick(NAME_TIMEOUT)

    assert sent(conversation) == [HI]


def test_a_session_server_says_itself_what_we_are_called() -> None:
    conversation = pipe(token="a secret of 128 bits")
    sent(conversation)

    conversation.receive(welcome(0, you="Kobzol"), 0)

    assert [kind for kind, _ in sent(conversation)] == ["message"]


def test_it_says_nothing_if_a_session_server_refuses_the_name() -> None:
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


def test_a_session_server_that_calls_us_otherwise_has_refused() -> None:
    conversation = pipe(token="a secret of 128 bits")
    conversation.receive(welcome(0, you="127.0.0.1:57354"), 0)
    sent(conversation)

    conversation.tick(NAME_TIMEOUT)

    assert conversation.exit_code is ExitCode.REFUSED


def test_any_name_goes_on_with_a_word() -> None:
    conversation = pipe(any_name=True)
    conversation.receive(server("that name is reserved"), 0)

    assert sent(conversation) == [SET_NAME, HI]
    assert conversation.exit_code is ExitCode.SUCCESS
    note = "The name Kobzol was refused: going on without it"
    assert Note(note) in conversation.items_to_show()


def test_who_has_nothing_to_say_is_told_too() -> None:
    conversation = Conversation(interactive=False, name="Kobzol")
    conversation.receive_input(b"", 0)

    conversation.receive(server("that name is reserved"), 0)

    assert conversation.state is State.CLOSING
    assert conversation.exit_code is ExitCode.REFUSED


def test_a_person_sees_it_and_speaks() -> None:
    conversation = pipe(interactive=True)
    conversation.receive(server("that name is reserved"), 0)

    assert sent(conversation) == [SET_NAME, HI]
    assert conversation.state is State.OPEN


def test_a_name_that_is_refused_on_return_ends_it() -> None:
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
