"""What is shown, as lines: of text for people, or of JSON for programs. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from .display import DIM, clean, colored_line, message_line, paint
from .shown import Disconnected, Note, Quoted, Said, Shown, Strange, Told, Typed

DISCONNECTED = "Server disconnected"
UNSENT = "… "
"""Stands before a line that waits until there is a connection again."""

STRANGE = "The server sent a line that is not a message"


class Line(NamedTuple):
    """One line to print, safe on any terminal, without its LF."""

    text: str
    is_chat: bool  # for standard output; what is about the program is not


class Printer:
    """The look of one run: *echo* for a prompt that has to print what was typed."""

    def __init__(
        self, *, json: bool = False, color: bool = False, echo: bool = False
    ) -> None:
        self._json = json
        self._color = color
        self._echo = echo

    def lines(self, shown: Sequence[Shown], clock: str = "") -> list[Line]:
        """Return the lines for *shown*, each message with its time in front.

        Where that is not known, it is *clock*; if that is empty, there are no times.
        """
        return [line for item in shown for line in self._lines(item, clock)]

    def _lines(self, item: Shown, clock: str) -> list[Line]:
        match item:
            case Said(source, text, raw, moment):
                if self._json:
                    return [Line(safe_json(raw) or _anew(source, text), is_chat=True)]
                line = colored_line if self._color else message_line
                said = (local_time(moment) if moment and clock else "") or clock
                return [Line(said + line(source, text), is_chat=True)]
            case Told(said, raw):
                if self._json:
                    found = None if raw is None else safe_json(raw)
                    return [] if found is None else [Line(found, is_chat=True)]
                return [self._quoted(quoted, clock) for quoted in said]
            case Strange(raw, is_told):
                if self._json and (found := safe_json(raw)) is not None:
                    return [Line(found, is_chat=True)]
                return self._notes(STRANGE) if is_told else []
            case Typed(text, is_unsent):
                typed = map(clean, text.split("\n")) if self._echo else ()
                mark = UNSENT if is_unsent else ""
                return [Line(f"{mark}{line}", is_chat=True) for line in typed]
            case Note(text):
                return self._notes(text)
            case Disconnected():
                return [Line(DISCONNECTED, is_chat=not self._json)]
            case _:
                assert_never(item)

    def _quoted(self, quoted: Quoted, clock: str) -> Line:
        """Return a message of before, with its own time where there are times."""
        source, text, moment, place = quoted
        line = colored_line if self._color else message_line
        said = local_time(moment) if moment and clock else clock
        return Line(f"{said}{clean(place)}{line(source, text)}", is_chat=True)

    def _notes(self, text: str) -> list[Line]:
        notes = [f"-- {clean(line)}" for line in text.split("\n")]
        if self._color:
            notes = [paint(note, DIM) for note in notes]
        return [Line(note, is_chat=False) for note in notes]


def local_time(moment: str) -> str:
    """Return a time of the wire as a clock on the wall here has it, or nothing."""
    try:
        then = datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError):
        return ""
    is_today = then.date() == datetime.now().astimezone().date()
    return f"{then:%H:%M} " if is_today else f"{then:%Y-%m-%d %H:%M} "


def safe_json(raw: bytes) -> str | None:
    """Return the object on a line as it came, or, if that is unsafe, in ASCII.

    Returns None if there is no object on it.
    """
    try:
        found: object = json.loads(raw.decode("utf-8", "replace"))
        if not isinstance(found, dict):
            return None
        line = raw.removesuffix(b"\r").decode("latin-1")
        return line if line.isascii() and line.isprintable() else json.dumps(found)
    except (ValueError, RecursionError):
        return None


def _anew(source: str, text: str) -> str:
    """Say a message that JSON's own module cannot read whole (a huge number)."""
    return json.dumps({"type": "message", "data": {"source": source, "message": text}})
