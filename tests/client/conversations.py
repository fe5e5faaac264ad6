"""Conversations to test, and what they send and show."""

import json

from parlour.client.conversation import Conversation
from parlour.client.protocol.display_items import ChatMessage, Note, Refusal
from parlour.client.protocol.negotiation import MAX_UNANSWERED, RESUME_PLAIN_TIMEOUT
from tests.client.server_lines import ENTERED, welcome

TOKEN = "a secret of 128 bits"


def client(
    *, interactive: bool = False, name: str = "", reconnects: bool = True
) -> Conversation:
    """Return a conversation in the session dialect, which has sent hello."""
    return Conversation(
        interactive=interactive,
        name=name,
        any_name=True,
        token=TOKEN,
        reconnects=reconnects,
        jitter=lambda: 0.5,
    )


def sent(conversation: Conversation) -> list[tuple[str, object]]:
    """Take the lines to send; return the type and the data of each."""
    data = conversation.data_to_send()
    conversation.written(0, 0)
    found = [json.loads(line) for line in data.splitlines()]
    return [(line["type"], line["data"]) for line in found]


def hello(conversation: Conversation) -> dict[str, object]:
    """Take the lines to send, and return the data of hello, the first of them."""
    (kind, data), *_ = sent(conversation)
    assert kind == "hello"
    assert isinstance(data, dict)
    return data


def welcome_client(
    conversation: Conversation, sequence: int = 5, you: str = "Ann"
) -> None:
    """Send a welcome to a new client, and take what it sends and shows."""
    sent(conversation)
    conversation.receive(welcome(sequence, you=you), 0)
    sent(conversation)
    conversation.items_to_show()


def lose_connection(conversation: Conversation, now: float) -> None:
    """End the connection, and start the next attempt to connect."""
    conversation.disconnected(now)
    conversation.tick(now + 60)
    conversation.begin_attempt()


def lose_hello(conversation: Conversation, now: float) -> float:
    """Connect to a server that sends plain lines and no welcome, as often as possible.

    Returns when the next such connection makes the server a plain one.
    """
    for _ in range(MAX_UNANSWERED - 1):
        conversation.connected(now)
        sent(conversation)
        conversation.receive(ENTERED, now)
        conversation.tick(now + RESUME_PLAIN_TIMEOUT)
        assert conversation.is_offline
        now += 60
        conversation.tick(now)
        conversation.begin_attempt()
    return now


def notes(conversation: Conversation) -> list[str]:
    """Take the items to show, and return the texts of the notes."""
    return [
        item.text for item in conversation.items_to_show() if isinstance(item, Note)
    ]


def texts(conversation: Conversation) -> list[str]:
    """Take the items to show, and return the texts of messages and errors."""
    return [
        item.text if isinstance(item, ChatMessage) else item.reason
        for item in conversation.items_to_show()
        if isinstance(item, ChatMessage | Refusal)
    ]
