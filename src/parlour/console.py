"""How the chat looks on the server's own terminal: lines, as a client shows them."""

from collections.abc import Callable

from parlour.client.display import clean_name, message_line
from parlour.client.wrap import Width, fits, rows
from parlour.core.events import Event, Silent
from parlour.core.plain import said


class ChatLines:
    """A dialect for people: each event on lines of its own. It hears nothing.

    Where *columns* tells how wide the terminal is, a message may have several rows,
    and only the first begins at column 0. 0 stands for no terminal: one safe line.
    """

    name = "console"
    resumes = False

    def __init__(
        self, columns: Callable[[], int] = lambda: 0, encoding: str = "utf-8"
    ) -> None:
        self._columns, self._encoding = columns, encoding

    def decode(self, line: bytes) -> None:
        """Return nothing: a console only shows."""

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Silent):
            return b""
        source, text = said(event)
        line, width = message_line(source, text), Width(self._columns())
        if width.columns and ("\n" in text or not fits(line, width)):
            line = "\n".join(rows(f"{clean_name(source)}: ", text, width))
        errors = "replace" if width.columns else "backslashreplace"
        return f"{line}\n".encode(self._encoding, errors)
