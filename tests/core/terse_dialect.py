"""A dialect that is easy to read in tests: the bare text of each event."""

from parlour.core.events import LOBBY, Bye, Event, Message, Refused, SessionDialectEvent
from parlour.core.protocol.commands import Command, Say
from parlour.core.protocol.plain import source_and_text
from parlour.core.storage import Page


class TerseDialect:
    """A dialect that encodes the text of an event without its source."""

    can_resume = False

    def __init__(self, name: str = "terse") -> None:
        self.name = name
        self.encoded = 0
        """The number of events that were encoded."""

    def decode(self, line: bytes) -> Command | Refused | None:
        return Say(line.decode())

    def encode(self, event: Event) -> bytes:
        self.encoded += 1
        if isinstance(event, SessionDialectEvent):
            return b""
        end = "." if isinstance(event, Bye) else ""
        return f"{source_and_text(event)[1]}{end}\n".encode()


def message(text: str, sequence: int = 1) -> Message:
    """Return a message in the lobby."""
    return Message(LOBBY, sequence, 0.0, "Ann", text)


def messages(texts: str) -> list[Message]:
    """Return a message for each letter of *texts*."""
    return [message(text, number) for number, text in enumerate(texts, 1)]


def page(texts: str) -> Page:
    """Return a page with a message for each letter of *texts*."""
    return Page(tuple(messages(texts)), has_more=False, total=len(texts))
