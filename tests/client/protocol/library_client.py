"""A client made of the library alone, as a bot is: requests in, display items out."""

import json

from parlour.client.protocol.connection import Connection
from parlour.client.protocol.display_items import (
    ChatMessage,
    DisplayItem,
    Note,
    Refusal,
)
from parlour.client.protocol.display_queue import DisplayQueue
from parlour.client.protocol.negotiation import RESUME_PLAIN_TIMEOUT
from parlour.client.protocol.outbox import Outbox
from parlour.client.protocol.requests import Credentials, Request
from tests.client.server_lines import ENTERED, room, welcome_to_rooms

TOKEN = "a secret of 128 bits"


class LibraryClient:
    """A client called Ann, and the lines that it sends."""

    def __init__(
        self,
        *rooms: str,
        interactive: bool = False,
        completes_names: bool = False,
        token: str = TOKEN,
        credentials: Credentials | None = None,
        is_secure: bool = True,
    ) -> None:
        self.display, self.outbox = DisplayQueue(), Outbox()
        self.connection = Connection(
            self.display,
            self.outbox,
            rooms=rooms or ("lobby",),
            interactive=interactive,
            completes_names=completes_names,
            token=token,
            reconnects=True,
            credentials=credentials,
            is_secure=is_secure,
            now=0.0,
        )

    def sent(self) -> list[tuple[str, object]]:
        """Take the lines to send; return the type and the data of each."""
        data = self.connection.send_buffer.take()
        self.connection.send_buffer.written(0)
        lines = [json.loads(line) for line in data.splitlines()]
        return [(line["type"], line["data"]) for line in lines]

    def hello(self) -> dict[str, object]:
        """Take the lines to send, and return the data of hello, the first of them."""
        (kind, data), *_ = self.sent()
        assert kind == "hello"
        assert isinstance(data, dict)
        return data

    def request(self, *requests: Request, now: float = 1.0) -> list[tuple[str, object]]:
        """Make requests, and return the lines that are sent."""
        for each in requests:
            self.outbox.add(each, now)
        self.connection.flush(now)
        return self.sent()

    def receive(self, *lines: bytes, now: float = 1.0) -> list[DisplayItem]:
        """Receive *lines* in one piece, and return the items to show."""
        self.connection.receive(b"".join(lines), now)
        self.connection.flush(now)
        return self.shown()

    def shown(self) -> list[DisplayItem]:
        """Take the items to show."""
        return self.display.take()

    def enter(self, *rooms: bytes) -> None:
        """Welcome the client, by default to the lobby; take what it sends and shows."""
        self.receive(welcome_to_rooms(), *(rooms or (room("lobby"),)))
        self.sent()

    def reconnect(self, now: float = 2.0, *, is_secure: bool = True) -> None:
        """Lose the connection, and connect again."""
        self.connection.ended(now)
        self.connection.go_offline()
        self.connection.begin(now, is_secure=is_secure)
        self.connection.flush(now)


def lose_hello(client: LibraryClient, now: float, *lines: bytes) -> list[DisplayItem]:
    """Let the client reconnect to a server that sends *lines* and no welcome.

    Returns what it shows until it gives the connection up, or the server counts as
    plain.
    """
    client.reconnect(now)
    items = client.receive(ENTERED, *lines, now=now)
    client.connection.tick(now + RESUME_PLAIN_TIMEOUT)
    client.connection.flush(now + RESUME_PLAIN_TIMEOUT)
    return [*items, *client.shown()]


def texts(items: list[DisplayItem]) -> list[tuple[str, str]]:
    """Return the room and the text of each message, error and note."""
    found = []
    for item in items:
        match item:
            case ChatMessage(_, text, room=name) | Note(text, name):
                found.append((name, text))
            case Refusal(reason, room=name):
                found.append((name, reason))
    return found
