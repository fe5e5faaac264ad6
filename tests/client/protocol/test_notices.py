"""The client recognises the notices of a plain server by their text.

The plain dialect has no codes, so these tests compare the texts of the server with
those that the client looks for.
"""

import json

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import ChatMessage
from parlour.client.protocol.notices import notice, refuses_hello, rejects_connection
from parlour.core.events import (
    LOBBY,
    Bye,
    Joined,
    Left,
    PlainEvent,
    Refused,
    Renamed,
    StorageRecovered,
)
from parlour.core.limits import Limits
from parlour.core.names.validation import normalize_name
from parlour.core.protocol.plain import LATE_HELLO_REASON, PLAIN, source_and_text
from parlour.core.rate_limit import Rate
from parlour.core.sessions.address_limits import AddressLimits
from parlour.core.sessions.capacity import Capacity
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.state.refusals import name_taken
from parlour.server.proxy_protocol.refused import ANSWER
from parlour.server.runtime import STOPPED
from parlour.server.threaded_driver.acceptor import NO_THREADS
from parlour.server.tls.other_protocols import CHAT_ANSWER
from tests.growth import assert_linear

BAD_NAMES = [
    "me: you",
    "127.0.0.1:5",
    "server",
    "x" * 33,
    "",
    "a\x07",
    "p\u0430ypal",
    "@me",
]


def as_received(event: PlainEvent) -> ChatMessage:
    """Return the message that the client decodes for *event* in the plain dialect."""
    source, text = source_and_text(event)
    return ChatMessage(source, text, PLAIN.encode(event))


def rejection(line: bytes) -> Bye:
    """Return the rejection in a line for a connection that the hub does not know."""
    return Bye("", json.loads(line)["data"]["message"])


def rejections() -> list[Bye]:
    """Return everything that is sent to a rejected connection."""
    crowded = AddressLimits(1, Rate(1.0, 1))
    crowded.add("192.0.2.1", 0.0)
    flood = AddressLimits(2, Rate(1.0, 1))
    flood.add("192.0.2.1", 0.0)
    full = Capacity(Limits(max_users=0))
    closing = Capacity(Limits(max_closing=0))
    found = [
        crowded.add("192.0.2.1", 0.0),
        flood.add("192.0.2.1", 0.0),
        full.rejection(ConnectionKind.SOCKET, "", 0.0),
        closing.rejection(ConnectionKind.SOCKET, "", 0.0),
        NO_THREADS,
        Bye("server_stopping", STOPPED),
        *(rejection(line) for line in (CHAT_ANSWER, ANSWER)),
    ]
    return [bye for bye in found if bye is not None]


@pytest.mark.parametrize(
    "event",
    [
        Joined(LOBBY, "a b"),
        Left(LOBBY, "a b", ""),
        Renamed(LOBBY, "127.0.0.1:5", "a b"),
    ],
)
def test_a_notice_is_decoded_to_the_event_of_the_server(event: PlainEvent) -> None:
    assert notice(source_and_text(event)[1]) == event


def test_other_texts_of_the_server_are_not_events() -> None:
    assert notice(source_and_text(StorageRecovered(LOBBY))[1]) is None


def test_every_rejection_is_recognised() -> None:
    found = rejections()

    assert len(found) == 8
    assert [
        bye.reason for bye in found if not rejects_connection(as_received(bye))
    ] == []


def test_the_refusal_of_a_late_hello_is_recognised() -> None:
    assert refuses_hello(as_received(Refused("late_hello", LATE_HELLO_REASON)))


@pytest.mark.parametrize("name", BAD_NAMES)
def test_every_refusal_of_an_invalid_name_is_recognised(name: str) -> None:
    refusal = normalize_name(name)
    assert isinstance(refusal, Refused)

    assert exit_code("Kobzol", refusal) is ExitCode.REFUSED


def test_the_refusal_of_a_taken_name_is_recognised() -> None:
    assert exit_code("Kobzol", name_taken("Kobzol")) is ExitCode.REFUSED


def exit_code(name: str, refusal: Refused) -> ExitCode:
    """Return the exit code of a pipe with this initial *name* after a *refusal*."""
    client = Conversation(interactive=False, name=name)
    client.receive_input(b"hi\n", 0)
    client.receive(PLAIN.encode(refusal), 0)
    return client.exit_code


def test_the_last_words_of_a_rename_separate_the_names() -> None:
    text = "a renamed to b renamed to c"

    assert notice(text) == Renamed(LOBBY, "a renamed to b", "c")
    assert notice("a renamed to  renamed to c") == Renamed(LOBBY, "a renamed to ", "c")


@pytest.mark.parametrize("end", ["", "\n", " has left the chat"])
@pytest.mark.parametrize("piece", [" renamed to ", " has entered the chat", "x "])
def test_a_notice_is_read_in_linear_time(piece: str, end: str) -> None:
    assert_linear(notice, "a", piece, end)
