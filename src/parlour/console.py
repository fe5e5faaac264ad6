"""How the chat looks on the server's own terminal: lines, as a client shows them."""

from parlour.client.display import message_line
from parlour.core.events import Event, Silent
from parlour.core.plain import said


class ChatLines:
    """A dialect for people: one safe line an event. It hears nothing."""

    name = "console"
    resumes = False

    def decode(self, line: bytes) -> None:
        """Return nothing: a console only shows."""

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Silent):
            return b""
        return f"{message_line(*said(event))}\n".encode()
