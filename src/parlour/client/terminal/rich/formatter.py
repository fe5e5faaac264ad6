"""Format display items in the style `rich`: times, names and texts in columns.

No text of a person starts at column 0, and none stands in the columns of times and
names: what is there was made by the client.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from parlour.core.events import SERVER, Joined
from parlour.markup import ACTION
from parlour.search_hits import SearchHits

from ...protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    Note,
    OwnLine,
    Refusal,
    RefusedLine,
    UnknownLine,
    WholeMessage,
)
from ...protocol.rooms import DIRECT_SIGIL
from ..colors import ColorDepth, NameStyles
from ..formatter import (
    DISCONNECTED,
    DIVIDER,
    NO_TERMINAL,
    UNKNOWN_LINE_NOTE,
    OutputLine,
    Widths,
    local_moment,
)
from ..line_wrapping import cut_text, more_lines, show_hint
from ..safe_text import BOLD, DIM, REVERSED, make_safe, width
from ..shown_items import (
    Divider,
    DividerKind,
    Labelled,
    ShownItem,
    entered_room,
    unlabelled,
)
from . import signs
from .columns import DEFAULT_WIDTH, Columns
from .layout import Head
from .on_screen import OnScreen, Speaker
from .presence import (
    combined,
    label_of_presence,
    presence_of,
    presence_sign,
    presence_text,
)
from .styles import END, SIGN, styled_lines

NO_BREAK: Final = "\N{NO-BREAK SPACE}"

FRAME: Final = f"{DIVIDER}  {DIVIDER}"  # around the text of a divider, at least

CLOCK: Final = "%Y-%m-%dT%H:%M:%S%z"
"""The format of the time at which items are shown."""


class _Said(NamedTuple):
    """What a *source* said, in another room than the current one if it has a *label*.

    The safe *suffix* comes after the text. A message that is not whole is cut.
    """

    source: str
    text: str
    label: str = ""
    mark: str = " "
    suffix: str = ""
    sequence: int = 0
    is_whole: bool = False
    hits: SearchHits | None = None  # to mark in the text


class RichFormatter:
    """A formatter for one terminal. Each item is formatted once, in order.

    A terminal without colours *has_styles* all the same: bold, dim and the like.
    """

    def __init__(
        self, *, color: ColorDepth = ColorDepth.NONE, has_styles: bool = False
    ) -> None:
        self.names = NameStyles(color)
        self._columns = Columns(self.names, has_styles=has_styles)
        self._on_screen = OnScreen()
        self._now = datetime.now().astimezone()  # of the items that are formatted now

    def lines(
        self,
        shown: Sequence[ShownItem],
        clock: str = "",
        widths: Widths = NO_TERMINAL,
    ) -> list[OutputLine]:
        """Return the rows of the items, shown at the time *clock*, as in `CLOCK`.

        Users who join, leave or are renamed one after the other share a row.
        """
        self._columns.terminal = widths.chat or DEFAULT_WIDTH
        self._now = local_moment(clock) or datetime.now().astimezone()
        rows: list[str] = []
        for label, group in groupby(shown, label_of_presence):
            if label is None:
                rows += [row for item in group for row in self._rows(item)]
            else:
                rows += self._presence(list(group), label)
        return [OutputLine(row, is_chat=True) for row in rows]

    def _rows(self, shown: ShownItem) -> Iterable[str]:
        item, label, is_mention = unlabelled(shown)
        match item:
            case ChatMessage() if item.source == SERVER:
                text = make_safe(item.text)
                return self._signed(signs.NOTE, label, text, time=item.time)
            case ChatMessage(source, text, _, time):
                is_asked = isinstance(shown, Labelled) and shown.is_asked
                mark = signs.RECALLED if is_asked else " "
                mark = signs.MENTION if is_mention else mark
                said = _Said(source, text, label, mark, sequence=item.sequence)
                return self._said(said, time)
            case WholeMessage(message):
                self._on_screen.interrupt()
                said = _Said(message.source, message.text, is_whole=True)
                return self._said(said, message.time)
            case Answer():
                return self._answer(item)
            case RefusedLine(text):
                first, *others = text.split("\n")
                more = more_lines(len(others))
                return self._wrong(label, make_safe(first), *more)
            case Refusal(reason):
                return self._wrong(label, _sentence(reason))
            case OwnLine(text, is_message=False):
                return self._signed(signs.COMMAND, "", make_safe(text))
            case UnknownLine(is_reported=True):
                return self._note("", UNKNOWN_LINE_NOTE)
            case Note():
                return self._own_note(item, label)
            case Disconnected():
                return self._wrong("", DISCONNECTED)
            case Divider(name, kind):
                return self._divider(name, kind)
            case _:
                return []  # for programs only, or told in other items

    def _divider(self, safe: str, kind: DividerKind | None = None) -> list[str]:
        is_room = kind is DividerKind.ROOM
        self._on_screen.interrupt(safe if is_room else "")
        style = DIM
        if kind is DividerKind.NEW:
            style = self.names.mention
        elif is_room:
            style = BOLD
        return [self._columns.divider(safe, style)]

    def _begin(self, time: str) -> tuple[datetime, list[str]]:
        """Return the moment of a *time* of the wire, and the divider of a new day."""
        moment = local_moment(time) or self._now
        day = self._on_screen.new_day(moment)
        return moment, self._divider(day) if day else []

    def _said(self, said: _Said, time: str) -> list[str]:
        """Return the rows of what was said."""
        source, text, label, mark, suffix, sequence, is_whole, hits = said
        moment, rows = self._begin(time)
        layout, style = self._columns.layout, f"{BOLD};{self.names.of(source)}"
        is_repeated = self._on_screen.speaks(Speaker(source, label, moment))
        name = signs.unsigned_name(source)
        is_action = text.startswith(ACTION)
        if label:
            name = signs.name_and_room(source, label, layout.names)
        elif is_repeated and not is_action and mark != signs.MENTION:
            name = ""
        if is_action:
            text = text.removeprefix(ACTION)
        if is_action or mark == signs.MENTION:
            self._on_screen.interrupt()
        mark_style = DIM
        if mark == signs.MENTION:
            names = self.names
            if label.startswith(DIRECT_SIGIL):  # it has the sender's colour
                style = mark_style = f"{style};{REVERSED}"
            else:
                style = mark_style = names.mentioning
        head = Head(
            self._on_screen.time(moment, always=mark == signs.RECALLED),
            *(mark, name, style, mark_style),
            sign=signs.ACTS if is_action else "",
            sign_style=style,
        )
        shown, extra = (text, 0) if is_whole else cut_text(text)
        lines = styled_lines(shown, hits)
        lines[-1] += suffix
        more = more_lines(extra, show_hint(sequence))
        lines += [f"{SIGN}{line}{END}" for line in more]
        return rows + self._columns.rows(head, lines)

    def _presence(self, shown: Sequence[ShownItem], label: str) -> list[str]:
        """Return one row about the users who joined, left or were renamed.

        That the user has joined is not news to them.
        """
        own = self.names.own_name
        told = combined(event for each in shown if (event := presence_of(each)))
        events = [e for e in told if not (isinstance(e, Joined) and e.name == own)]
        if not events:
            return []
        return self._signed(presence_sign(events), label, presence_text(events))

    def _signed(
        self,
        sign: str,
        label: str,
        *safe: str,
        time: str = "",
        style: str = DIM,
        text_style: str = DIM,
        is_help: bool = False,
    ) -> list[str]:
        """Return rows with a *sign* where the name of a person would be."""
        moment, rows = self._begin(time)
        self._on_screen.interrupt()
        first, *others = safe
        text = f"{label}: {first}" if label else first
        time = self._on_screen.time(moment)
        head = Head(time, sign=sign, sign_style=style)
        lines = [text, *others]
        if is_help:
            return rows + self._columns.help_rows(head, lines)
        return rows + self._columns.rows(head, lines, style=text_style)

    def _own_note(self, note: Note, label: str) -> list[str]:
        """Return the rows of a note of the client itself."""
        text = note.text
        if note.is_heading:  # without a time: the messages below have theirs
            return self._heading(make_safe(f"{label}: {text}" if label else text))
        about = entered_room(text, self._on_screen.room)
        if about is not None:  # the divider above has said the rest
            text = about
        return self._note(label, *text.split("\n")) if text else []

    def _heading(self, safe: str) -> list[str]:
        """Return the divider above earlier messages, or rows if it would be cut."""
        heading = safe.removesuffix(":")
        if width(heading) + len(FRAME) < self._columns.terminal.columns:
            return self._divider(heading)
        self._on_screen.interrupt()
        head = Head(sign=signs.NOTE, sign_style=DIM)
        return self._columns.rows(head, [safe], style=DIM)

    def _note(self, label: str, *lines: str, rows: Iterable[str] = ()) -> list[str]:
        """Return the rows of the client's own words, or the server's answer."""
        first, *others = map(make_safe, lines)
        is_help = first.startswith("/")
        if not is_help:  # what is asked for is less bright than what people say
            others = [f"{SIGN}{line}{END}" for line in others]
        return self._signed(
            *(signs.NOTE, label, first, *others, *rows),
            style=BOLD,
            text_style="",
            is_help=is_help,
        )

    def _wrong(self, label: str, *safe: str) -> list[str]:
        """Return the rows about something that went wrong."""
        names = self.names
        return self._signed(
            *(signs.WRONG, label, *safe),
            style=names.wrong,
            text_style=names.wrong_text,
        )

    def _answer(self, answer: Answer) -> Iterator[str]:
        """Yield the rows of an answer: earlier messages, or what the server says."""
        self._on_screen.interrupt()
        mark = signs.RECALLED if answer.is_asked else " "
        hits = SearchHits(answer.words) if answer.words else None
        for is_server, group in groupby(answer.rows, _is_of_server):
            if is_server:
                found = list(group)
                lines = [row.prefix + row.text for row in found if not row.cells]
                yield from self._note(
                    "",
                    *lines,
                    rows=self._columns.table(row.cells for row in found if row.cells),
                )
                continue
            for source, text, time, prefix, _, sequence, _ in group:
                number = make_safe(prefix).removesuffix(": ")
                dim = f"{NO_BREAK}{SIGN}({number}){END}" if number else ""
                said = _Said(source, text, "", mark, dim, sequence, hits=hits)
                yield from self._said(said, time)
        self._on_screen.interrupt()


def _is_of_server(row: AnswerRow) -> bool:
    return row.source == SERVER


def _sentence(text: str) -> str:
    """Return a reason of the server as a safe sentence."""
    safe = make_safe(text)
    return safe[:1].upper() + safe[1:]
