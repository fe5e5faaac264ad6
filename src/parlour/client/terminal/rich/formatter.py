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
from ...protocol.order_items import AnnouncementMade
from ...protocol.rooms import DIRECT_SIGIL
from ..colors import ColorDepth, NameStyles
from ..formatter import (
    DISCONNECTED,
    NO_TERMINAL,
    RESTARTING,
    UNKNOWN_LINE_NOTE,
    OutputLine,
    Widths,
    local_moment,
)
from ..line_wrapping import cut_text, more_lines, show_hint, unbroken_row
from ..safe_text import BOLD, DIM, REVERSED, make_safe
from ..shown_items import (
    Divider,
    Entered,
    Labelled,
    ShownItem,
    unlabelled,
)
from . import signs
from .columns import DEFAULT_WIDTH, Columns
from .layout import Head
from .made_rows import MadeRows
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
        self._made = MadeRows(self.names, self._columns, self._on_screen)

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
        self._made.now = local_moment(clock) or datetime.now().astimezone()
        rows: list[str] = []
        for label, group in groupby(shown, label_of_presence):
            if label is None:
                rows += [row for item in group for row in self._rows(item)]
            else:
                rows += self._presence(list(group), label)
        return [OutputLine(row, is_chat=True) for row in rows]

    def _rows(  # noqa: C901 -- a row per item
        self, shown: ShownItem
    ) -> Iterable[str]:
        item, label, is_mention = unlabelled(shown)
        match item:
            case ChatMessage() if item.source == SERVER:
                text = make_safe(item.text)
                return self._made.signed(signs.NOTE, label, text, time=item.time)
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
                return self._made.wrong(label, make_safe(first), *more)
            case Refusal(reason):
                return self._made.wrong(label, _sentence(reason))
            case OwnLine(text, is_message=False):
                return self._made.signed(signs.COMMAND, "", make_safe(text))
            case UnknownLine(is_reported=True):
                return self._made.note("", UNKNOWN_LINE_NOTE)
            case Note(text, is_heading=True):
                return self._made.heading(label, text)
            case Entered():
                return self._made.entered(item)
            case Note(text, copied=copied):
                rows = self._made.note(label, *text.split("\n"))
                if copied:
                    rows.append(unbroken_row(copied, self._columns.terminal))
                return rows
            case Disconnected(is_announced=True):
                return self._made.note("", RESTARTING)
            case Disconnected():
                return self._made.wrong("", DISCONNECTED)
            case AnnouncementMade(text):
                return self._made.announcement(_sentence(text))
            case Divider(name, kind):
                return self._made.divider(name, kind)
            case _:
                return []  # for programs only, or told in other items

    def _said(self, said: _Said, time: str) -> list[str]:
        """Return the rows of what was said."""
        source, text, label, mark, suffix, sequence, is_whole, hits = said
        moment, rows = self._made.begin(time)
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
        return self._made.signed(presence_sign(events), label, presence_text(events))

    def _answer(self, answer: Answer) -> Iterator[str]:
        """Yield the rows of an answer: earlier messages, or what the server says."""
        self._on_screen.interrupt()
        mark = signs.RECALLED if answer.is_asked else " "
        hits = SearchHits(answer.words) if answer.words else None
        for is_server, group in groupby(answer.rows, _is_of_server):
            if is_server:
                found = list(group)
                lines = [row.prefix + row.text for row in found if not row.cells]
                table = self._columns.table(row.cells for row in found if row.cells)
                yield from self._made.note("", *lines, rows=table)
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
