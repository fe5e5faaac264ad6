"""Format display items as lines: text for people, or JSON for programs. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from parlour.core.events import SERVER

from ..protocol.account_items import AccountItem
from ..protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    IgnoredList,
    Note,
    OwnLine,
    ProtocolLine,
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomList,
    TopicChanged,
    UnknownLine,
    WholeMessage,
)
from ..protocol.order_items import AnnouncementMade, OrderItem
from .colors import ColorDepth, NameStyles
from .json_output import message_json, safe_json
from .line_wrapping import (
    TerminalWidth,
    show_hint,
    unbroken_row,
    wrap_lines,
    wrap_message,
    wrap_text,
)
from .prompt_status import END as PROMPT_END
from .safe_text import (
    DIM,
    make_safe,
    paint,
    safe_name,
    shorten,
)
from .shown_items import Divider, DividerKind, Entered, ShownItem, unlabelled

DISCONNECTED = "Server disconnected"
RESTARTING = "Reconnecting when the server is back"
PENDING = "… "
"""The prefix of a line that waits for a connection or an answer."""

NOTE = "-- "
"""The prefix of the client's own notes."""

ANNOUNCED = "***"
"""The mark on both sides of an announcement."""

DIVIDER = "────"
"""The rule on both sides of the name of the room that is current from here on."""

TYPED_INDENT = 2  # columns before the second and further rows of a typed line

UNKNOWN_LINE_NOTE = "The server sent a line that is not a message"


class OutputLine(NamedTuple):
    """One line to print, safe on any terminal, without its LF."""

    text: str
    is_chat: bool  # True for standard output, False for standard error


class Widths(NamedTuple):
    """The widths of the terminals that lines are printed on; None without one."""

    chat: TerminalWidth | None = None
    notes: TerminalWidth | None = None


NO_TERMINAL = Widths()


class Formatter:
    """A formatter of display items; with *echo*, also of the user's own lines."""

    note_prefix = NOTE

    def __init__(
        self,
        *,
        json: bool = False,
        color: ColorDepth = ColorDepth.NONE,
        echo: bool = False,
    ) -> None:
        self._json = json
        self._color = color
        self._echo = echo
        self.names = NameStyles(color)

    def lines(
        self,
        shown: Sequence[ShownItem],
        clock: str = "",
        widths: Widths = NO_TERMINAL,
    ) -> list[OutputLine]:
        """Return the lines of the items, each message with its time in front.

        A message without a time of its own gets *clock*; if *clock* is empty, no times
        are shown. A room in front of an item comes before the time.
        On a terminal, a message may have several lines, of which only the first begins
        at column 0.
        """
        return [line for item in shown for line in self._lines(item, clock, widths)]

    def _lines(  # noqa: C901 -- a row per item
        self, shown: ShownItem, clock: str, widths: Widths
    ) -> list[OutputLine]:
        item, label, _ = unlabelled(shown)
        if self._json:
            return self._json_lines(item, widths)
        before = f"{label} " if label else ""
        match item:
            case ChatMessage(source, text, _, moment):
                time = (local_time(moment) if moment and clock else "") or clock
                hint = show_hint(item.sequence)
                return self._message(before + time, source, text, widths, hint)
            case Answer(answer):
                rows = (self._row(before, row, clock, widths) for row in answer)
                return [line for row in rows for line in row]
            case UnknownLine(_, is_reported):
                return self._notes(UNKNOWN_LINE_NOTE, widths) if is_reported else []
            case OwnLine(text, is_pending):
                mark = PENDING if is_pending else ""
                prompt = f"{label}{PROMPT_END}" if label else ""
                return self._typed(mark + prompt, text, widths) if self._echo else []
            case Note(text, copied=copied):
                text = f"{label}: {text}" if label else text
                return self._notes(text, widths, copied)
            case Entered():
                return self._notes(item.text, widths)
            case Disconnected():
                return [OutputLine(DISCONNECTED, is_chat=True)]
            case Divider(room, DividerKind.ROOM):
                return self._divider(room, widths)
            case AnnouncementMade(text):
                marked = f"{ANNOUNCED} {text} {ANNOUNCED}"
                return self._message(before + clock, SERVER, marked, widths)
            case WholeMessage(message):
                return self._whole(message, widths)
            case Refusal(reason):
                return self._message(before + clock, SERVER, reason, widths)
            case _:
                return []  # for programs only, or told in other items

    def _json_lines(self, item: ShownItem, widths: Widths) -> list[OutputLine]:
        """Return the line of the wire, or what the client itself has to say."""
        match item:
            case ChatMessage(source, text, raw):
                line = safe_json(raw) or message_json(source, text)
                return [OutputLine(line, is_chat=True)]
            case UnknownLine(raw, is_reported):
                if (found := safe_json(raw)) is not None:
                    return [OutputLine(found, is_chat=True)]
                return self._notes(UNKNOWN_LINE_NOTE, widths) if is_reported else []
            case Note(text, copied=copied):
                return self._notes(text, widths, copied)
            case Disconnected():
                return [OutputLine(DISCONNECTED, is_chat=False)]
            case Answer() | ProtocolLine() | Refusal() | TopicChanged():
                return self._as_received(item.line)
            case _ if isinstance(item, AccountItem | OrderItem):
                return self._as_received(item.line)
            case RoomEntered() | RoomLeft() | RoomClosed() | RoomList() | IgnoredList():
                return self._as_received(item.line)
            case _:
                return []

    @staticmethod
    def _as_received(raw: bytes) -> list[OutputLine]:
        """Return the line of the wire for a program, if it is a JSON object."""
        found = safe_json(raw)
        return [] if found is None else [OutputLine(found, is_chat=True)]

    def _row(
        self, before: str, row: AnswerRow, clock: str, widths: Widths
    ) -> list[OutputLine]:
        """Return one row of an answer, with its own time if times are shown."""
        source, text, moment, prefix, _, sequence, _ = row
        time = local_time(moment) if moment and clock else clock
        before = f"{before}{time}{make_safe(prefix)}"
        return self._message(before, source, text, widths, show_hint(sequence))

    def _message(
        self, before: str, source: str, text: str, widths: Widths, hint: str = ""
    ) -> list[OutputLine]:
        """Return the lines of a message after the safe text *before*."""
        if (width := widths.chat) is None:
            name = safe_name(source)
            shown = paint(name, self.names.of(source)) if self._color else name
            line = f"{before}{shown}: {make_safe(text)}"
            return [OutputLine(line, is_chat=True)]
        rows = wrap_message(source, text, width, before, hint)
        name = safe_name(source)
        if self._color and rows[0].startswith(before + name):
            rest = rows[0].removeprefix(before + name)
            rows[0] = f"{before}{paint(name, self.names.of(source))}{rest}"
        return [OutputLine(row, is_chat=True) for row in rows]

    def _whole(self, message: ChatMessage, widths: Widths) -> list[OutputLine]:
        """Return all lines of a message, which another one may have cut."""
        if widths.chat is None:
            return self._message("", message.source, message.text, widths)
        lines = [make_safe(line) for line in message.text.split("\n")]
        rows = wrap_lines(f"{safe_name(message.source)}: ", lines, widths.chat)
        return [OutputLine(row, is_chat=True) for row in rows]

    def _typed(self, mark: str, text: str, widths: Widths) -> list[OutputLine]:
        if widths.chat is None:
            typed = [mark + make_safe(line) for line in text.split("\n")]
        else:
            typed = wrap_text(mark, text, widths.chat, indent=TYPED_INDENT)
        return [OutputLine(line, is_chat=True) for line in typed]

    def _divider(self, label: str, widths: Widths) -> list[OutputLine]:
        row = f"{DIVIDER} {label} {DIVIDER}"
        if (width := widths.chat) is not None:
            row = shorten(row, max(1, width.columns - 1))
        return [OutputLine(paint(row, DIM) if self._color else row, is_chat=True)]

    def _notes(self, text: str, widths: Widths, copied: str = "") -> list[OutputLine]:
        """Return the lines of a note. On a terminal, *copied* has a row of its own."""
        if copied and widths.notes is None:
            text, copied = f"{text} {copied}", ""
        notes = [f"{self.note_prefix}{make_safe(line)}" for line in text.split("\n")]
        if (width := widths.notes) is not None:
            notes = [
                row
                for note in notes
                for row in wrap_text("", note, width, indent=len(self.note_prefix))
            ]
        if self._color:
            notes = [paint(note, DIM) for note in notes]
        if copied and width is not None:
            notes.append(unbroken_row(copied, width))
        return [OutputLine(note, is_chat=False) for note in notes]


def local_moment(moment: str) -> datetime | None:
    """Return a time of the wire in the local time zone, or None if it is invalid."""
    try:
        return datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def local_time(moment: str) -> str:
    """Return a time of the wire as text in the local time zone; "" if it is invalid."""
    if (then := local_moment(moment)) is None:
        return ""
    is_today = then.date() == datetime.now().astimezone().date()
    return f"{then:%H:%M} " if is_today else f"{then:%Y-%m-%d %H:%M} "
