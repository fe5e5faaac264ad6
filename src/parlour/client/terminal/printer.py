"""What is shown, as lines: of text for people, or of JSON for programs. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, assert_never

from ..protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    DisplayItem,
    Note,
    OwnLine,
    ProtocolLine,
    UnknownLine,
    UserList,
)
from ..protocol.plain import is_object
from .line_wrapping import TerminalWidth, wrap_message, wrap_text
from .safe_text import (
    DIM,
    colored_line,
    make_safe,
    message_line,
    name_style,
    paint,
    safe_name,
)

DISCONNECTED = "Server disconnected"
UNSENT = "… "
"""Stands before a line that waits until there is a connection again."""

NOTE = "-- "
"""Stands before what the client itself has to say."""

TYPED_INDENT = 2  # columns before the rows after the first of one's own line

UNKNOWN_LINE_NOTE = "The server sent a line that is not a message"


MAX_OBJECT: Final = 1 << 20  # bytes of a line that is read whole before it is shown


class OutputLine(NamedTuple):
    """One line to print, safe on any terminal, without its LF."""

    text: str
    is_chat: bool  # for standard output; what is about the program is not


class Widths(NamedTuple):
    """How wide the terminals are on which lines are printed; None is no terminal."""

    chat: TerminalWidth | None = None
    notes: TerminalWidth | None = None


NO_TERMINAL = Widths()


class Printer:
    """The look of one run: *echo* for a prompt that has to print what was typed."""

    def __init__(
        self, *, json: bool = False, color: bool = False, echo: bool = False
    ) -> None:
        self._json = json
        self._color = color
        self._echo = echo

    def lines(
        self,
        shown: Sequence[DisplayItem],
        clock: str = "",
        widths: Widths = NO_TERMINAL,
    ) -> list[OutputLine]:
        """Return the lines for *shown*, each message with its time in front.

        Where that is not known, it is *clock*; if that is empty, there are no times.
        On a terminal a message may have several lines, and only the first begins at
        column 0.
        """
        return [line for item in shown for line in self._lines(item, clock, widths)]

    def _lines(self, item: DisplayItem, clock: str, widths: Widths) -> list[OutputLine]:
        match item:
            case ChatMessage(source, text, raw, moment):
                if self._json:
                    return [
                        OutputLine(
                            safe_json(raw) or _message_json(source, text), is_chat=True
                        )
                    ]
                said = (local_time(moment) if moment and clock else "") or clock
                return self._message(said, source, text, widths)
            case Answer(answer, raw):
                if self._json:
                    return self._as_received(raw)
                return [
                    line for row in answer for line in self._row(row, clock, widths)
                ]
            case ProtocolLine(raw):
                return self._as_received(raw) if self._json else []
            case UnknownLine(raw, is_reported):
                if self._json and (found := safe_json(raw)) is not None:
                    return [OutputLine(found, is_chat=True)]
                return self._notes(UNKNOWN_LINE_NOTE, widths) if is_reported else []
            case OwnLine(text, is_pending):
                mark = UNSENT if is_pending else ""
                return self._typed(mark, text, widths) if self._echo else []
            case UserList():
                return []
            case Note(text):
                return self._notes(text, widths)
            case Disconnected():
                return [OutputLine(DISCONNECTED, is_chat=not self._json)]
            case _:
                assert_never(item)

    @staticmethod
    def _as_received(raw: bytes) -> list[OutputLine]:
        """Return the line of the wire for a program, if it is a JSON object."""
        found = safe_json(raw)
        return [] if found is None else [OutputLine(found, is_chat=True)]

    def _row(self, row: AnswerRow, clock: str, widths: Widths) -> list[OutputLine]:
        """Return one row of an answer, with its own time if times are shown."""
        source, text, moment, prefix = row
        said = local_time(moment) if moment and clock else clock
        return self._message(f"{said}{make_safe(prefix)}", source, text, widths)

    def _message(
        self, before: str, source: str, text: str, widths: Widths
    ) -> list[OutputLine]:
        """Return a message with what stands *before* it, safe already."""
        if (width := widths.chat) is None:
            line = colored_line if self._color else message_line
            return [OutputLine(before + line(source, text), is_chat=True)]
        shown = wrap_message(source, text, width, before)
        name = safe_name(source)
        if self._color and shown[0].startswith(before + name):
            rest = shown[0].removeprefix(before + name)
            shown[0] = f"{before}{paint(name, name_style(source))}{rest}"
        return [OutputLine(row, is_chat=True) for row in shown]

    def _typed(self, mark: str, text: str, widths: Widths) -> list[OutputLine]:
        if widths.chat is None:
            typed = [mark + make_safe(line) for line in text.split("\n")]
        else:
            typed = wrap_text(mark, text, widths.chat, indent=TYPED_INDENT)
        return [OutputLine(line, is_chat=True) for line in typed]

    def _notes(self, text: str, widths: Widths) -> list[OutputLine]:
        notes = [f"{NOTE}{make_safe(line)}" for line in text.split("\n")]
        if (width := widths.notes) is not None:
            notes = [
                row
                for note in notes
                for row in wrap_text("", note, width, indent=len(NOTE))
            ]
        if self._color:
            notes = [paint(note, DIM) for note in notes]
        return [OutputLine(note, is_chat=False) for note in notes]


def local_time(moment: str) -> str:
    """Return a time of the wire as a clock on the wall here has it, or nothing."""
    try:
        then = datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    is_today = then.date() == datetime.now().astimezone().date()
    return f"{then:%H:%M} " if is_today else f"{then:%Y-%m-%d %H:%M} "


def safe_json(raw: bytes) -> str | None:
    """Return the object on a line as it came, or, if that is unsafe, in ASCII.

    Returns None if there is no object on it.
    """
    try:
        if len(raw) > MAX_OBJECT:
            return _long_json(raw)
        found: object = json.loads(raw.decode("utf-8", "replace"))
        if not isinstance(found, dict):
            return None
        line = raw.removesuffix(b"\r").decode("latin-1")
        return line if line.isascii() and line.isprintable() else json.dumps(found)
    except (ValueError, RecursionError):
        return None


def _long_json(raw: bytes) -> str | None:
    """Return a long line as it came, if it is an object and safe as it is."""
    line = raw.removesuffix(b"\r").decode("latin-1")
    is_safe = line.isascii() and line.isprintable() and is_object(raw)
    return line if is_safe else None


def _message_json(source: str, text: str) -> str:
    """Say a message that JSON's own module cannot read whole (a huge number)."""
    return json.dumps({"type": "message", "data": {"source": source, "message": text}})
