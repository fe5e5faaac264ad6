"""The dialect of the server's own terminal: lines as a client displays them."""

from collections.abc import Callable

from parlour.client.terminal.formatter import ANNOUNCED
from parlour.client.terminal.line_wrapping import TerminalWidth, wrap_message
from parlour.client.terminal.safe_text import message_line
from parlour.core.events import (
    LOBBY,
    Announcement,
    Bye,
    Event,
    Refused,
    SessionDialectEvent,
)
from parlour.core.protocol.plain import source_and_text


class ConsoleDialect:
    """A dialect that encodes events as text for a terminal, and decodes nothing.

    *columns* returns the width of the terminal: a message may have several rows, of
    which only the first begins at column 0. Without a terminal, *columns* returns 0,
    and each event is one safe line. Events of other rooms than the lobby begin with the
    name of their room.
    """

    name = "console"
    can_resume = False

    def __init__(
        self, columns: Callable[[], int] = lambda: 0, encoding: str = "utf-8"
    ) -> None:
        self._columns, self._encoding = columns, encoding

    def decode(self, line: bytes) -> None:
        """Return None: a console has no input."""

    def encode(self, event: Event) -> bytes:
        if isinstance(event, SessionDialectEvent):
            return b""
        source, text = source_and_text(event)
        if isinstance(event, Announcement):
            if event.room != LOBBY:
                return b""  # it is in every room, and shown once
            text = f"{ANNOUNCED} {text} {ANNOUNCED}"
        room = "" if isinstance(event, Refused | Bye) else event.room
        label = "" if room in {"", LOBBY} else f"#{room} "
        if not (columns := self._columns()):
            line = f"{label}{message_line(source, text)}\n"
            return line.encode(self._encoding, "backslashreplace")
        rows = wrap_message(source, text, TerminalWidth(columns), label)
        lines = "".join(f"{row}\n" for row in rows)
        return lines.encode(self._encoding, "replace")
