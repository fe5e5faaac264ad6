"""Format display items in the style `rich`: times, names and texts in columns.

No text of a person starts at column 0, and none stands in the columns of times and
names: what is there was made by the client.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from parlour.core.events import SERVER
from parlour.markup import ACTION

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
from ...protocol.notices import notice
from ..colors import ColorDepth, NameStyles
from ..formatter import (
    DISCONNECTED,
    DIVIDER,
    NO_TERMINAL,
    NOTE,
    UNKNOWN_LINE_NOTE,
    OutputLine,
    Widths,
    local_moment,
)
from ..line_wrapping import TerminalWidth, cut_text, more_lines, show_hint, wrap_lines
from ..safe_text import (
    BOLD,
    DIM,
    make_safe,
    paint,
    shorten,
    width,
)
from ..shown_items import Divider, DividerKind, ShownItem, unlabelled
from . import signs
from .layout import MAX_NAME_COLUMNS, Head, Layout, layout_for
from .on_screen import OnScreen, Speaker
from .presence import PresenceEvent, combined, presence_sign, presence_text
from .styles import (
    SEQUENCES,
    WITHOUT_COLORS,
    WITHOUT_STYLES,
    painted_rows,
    styled_lines,
)

CLOCK: Final = "%Y-%m-%dT%H:%M:%S%z"
"""The format of the time at which items are shown."""

DEFAULT_WIDTH: Final = TerminalWidth(80)


class _Said(NamedTuple):
    """What a *source* said, in another room than the current one if it has a *label*.

    The safe *prefix* comes before the text. A message that is not whole is cut.
    """

    source: str
    text: str
    label: str = ""
    mark: str = " "
    prefix: str = ""
    sequence: int = 0
    is_whole: bool = False


class RichFormatter:
    """A formatter for one terminal. Each item is formatted once, in order.

    A terminal without colours *has_styles* all the same: bold, dim and the like.
    """

    def __init__(
        self, *, color: ColorDepth = ColorDepth.NONE, has_styles: bool = False
    ) -> None:
        self._has_styles = has_styles or bool(color)
        self._sequences = SEQUENCES if color else WITHOUT_COLORS
        self.names = NameStyles(color)
        self._on_screen = OnScreen()
        self._longest_name = 0
        # Of the items that are formatted now:
        self._terminal, self._now = DEFAULT_WIDTH, datetime.now().astimezone()

    def lines(
        self,
        shown: Sequence[ShownItem],
        clock: str = "",
        widths: Widths = NO_TERMINAL,
    ) -> list[OutputLine]:
        """Return the rows of the items, shown at the time *clock*, as in `CLOCK`.

        Users who join, leave or are renamed one after the other share a row.
        """
        self._terminal = widths.chat or DEFAULT_WIDTH
        self._now = local_moment(clock) or datetime.now().astimezone()
        rows: list[str] = []
        for label, group in groupby(shown, _label_of_presence):
            if label is None:
                rows += [row for item in group for row in self._rows(item)]
            else:
                rows += self._presence(list(group), label)
        return [OutputLine(row, is_chat=True) for row in rows]

    def _rows(self, shown: ShownItem) -> Iterable[str]:
        item, label, is_mention = unlabelled(shown)
        match item:
            case ChatMessage() if item.source == SERVER:
                return self._notice(item, label)
            case ChatMessage(source, text, _, time):
                mark = signs.MENTION if is_mention else " "
                said = _Said(source, text, label, mark, sequence=item.sequence)
                return self._said(said, time)
            case WholeMessage(message):
                self._on_screen.interrupt()
                said = _Said(message.source, message.text, is_whole=True)
                return self._said(said, message.time)
            case Answer(rows):
                return self._answer(rows)
            case RefusedLine(text):
                return self._refused(text, label)
            case Refusal(reason):
                return self._signed(signs.REFUSED, label, _sentence(reason))
            case OwnLine(text, is_message=False):
                return self._aside(f"{signs.COMMAND}{make_safe(text)}")
            case UnknownLine(is_reported=True):
                return self._aside(f"{NOTE}{UNKNOWN_LINE_NOTE}")
            case Note(text):
                lines = (f"{label}: {text}" if label else text).split("\n")
                asides = (self._aside(NOTE + make_safe(line)) for line in lines)
                return [row for rows in asides for row in rows]
            case Disconnected():
                self._on_screen.interrupt()
                return [f"{NOTE}{DISCONNECTED}"]
            case Divider(name, kind):
                return self._divider(name, kind)
            case _:
                return []  # for programs only, or told in other items

    # -- rows at the edge ---------------------------------------------------------

    def _divider(self, safe: str, kind: DividerKind | None = None) -> list[str]:
        self._on_screen.interrupt()
        row = f"{DIVIDER} {safe} {DIVIDER}"
        row = shorten(row, max(1, self._terminal.columns - 1))
        if kind is DividerKind.NEW and self._has_styles:
            return [paint(row, self.names.mention)]
        return self._dim([row])

    def _aside(self, safe: str) -> list[str]:
        """Return the rows of the client's own words."""
        self._on_screen.interrupt()
        return self._dim(wrap_lines("", [safe], self._terminal, indent=len(NOTE)))

    def _dim(self, rows: Iterable[str]) -> list[str]:
        return [paint(row, DIM) if self._has_styles else row for row in rows]

    def _begin(self, time: str) -> tuple[datetime, list[str]]:
        """Return the moment of a *time* of the wire, and the divider of a new day."""
        moment = local_moment(time) or self._now
        day = self._on_screen.new_day(moment)
        return moment, self._divider(day) if day else []

    # -- rows in columns ----------------------------------------------------------

    def _said(self, said: _Said, time: str) -> list[str]:
        """Return the rows of what was said."""
        source, text, label, mark, prefix, sequence, is_whole = said
        moment, rows = self._begin(time)
        layout, style = self._layout(), self.names.of(source)
        is_repeated = self._on_screen.speaks(Speaker(source, label, moment))
        name = signs.unsigned_name(source)
        if text.startswith(ACTION):
            self._on_screen.interrupt()
            text = text.removeprefix(ACTION)
            prefix, name, style = f"{prefix}{name} ", signs.ACTS, BOLD
        elif label:
            name = signs.name_and_room(source, label)
        elif is_repeated and layout.names and mark == " ":
            name = ""
        if not label and (columns := width(name)) <= MAX_NAME_COLUMNS:
            self._longest_name = max(self._longest_name, columns)
            layout = self._layout()
        if mark == signs.MENTION:
            style = f"{BOLD};{style}"
        end = " " if name == signs.ACTS else ": "
        head = Head(self._on_screen.time(moment), mark, name, style, end)
        shown, extra = (text, 0) if is_whole else cut_text(text)
        first, *others = styled_lines(shown)
        others += more_lines(extra, show_hint(sequence))
        return rows + self._in_columns(head, [f"{prefix}{first}", *others], layout)

    def _refused(self, text: str, label: str) -> list[str]:
        """Return the rows of a line of the user that the server has refused."""
        first, *others = text.split("\n")
        return self._signed(
            signs.REFUSED, label, make_safe(first), *more_lines(len(others))
        )

    def _notice(self, item: ChatMessage, label: str) -> list[str]:
        """Return the rows of what the server says."""
        text = make_safe(item.text)
        return self._signed(signs.SERVER_TEXT, label, text, time=item.time)

    def _presence(self, shown: Sequence[ShownItem], label: str) -> list[str]:
        """Return one row about the users who joined, left or were renamed."""
        events = combined(
            event for each in shown if (event := _presence(each)) is not None
        )
        return self._signed(presence_sign(events), label, presence_text(events))

    def _signed(
        self, sign: str, label: str, safe: str, *more: str, time: str = ""
    ) -> list[str]:
        """Return rows with a *sign* where the name of a person would be.

        They are dim, unless they say that something was refused.
        """
        moment, rows = self._begin(time)
        self._on_screen.interrupt()
        text = f"{label}: {safe}" if label else safe
        head = Head(self._on_screen.time(moment), name=sign, end=" ")
        is_dim = sign != signs.REFUSED
        return rows + self._in_columns(
            head, [text, *more], self._layout(), is_dim=is_dim
        )

    def _answer(self, answer: Iterable[AnswerRow]) -> Iterator[str]:
        """Yield the rows of an answer: earlier messages, or what the server says."""
        self._on_screen.interrupt()
        for source, text, time, prefix, _, sequence in answer:
            if source == SERVER:
                yield from self._aside(f"{NOTE}{make_safe(prefix)}{make_safe(text)}")
            else:
                safe = make_safe(prefix)
                said = _Said(source, text, prefix=safe, sequence=sequence)
                yield from self._said(said, time)
        self._on_screen.interrupt()

    def _in_columns(
        self, head: Head, lines: Sequence[str], layout: Layout, *, is_dim: bool = False
    ) -> list[str]:
        """Return the rows of safe *lines* after a head, in the column for texts."""
        has_styles, terminal = self._has_styles and not is_dim, self._terminal
        before, rows = layout.head(head), list[str]()
        mention = self.names.mention
        painted = layout.head(head, paint, mention) if has_styles else before
        if layout.names and width(head.name) > layout.names:
            if width(before) < terminal.columns:
                rows = [painted.rstrip()]
            else:
                rows = [shorten(before.rstrip(), terminal.columns - 1)]
            before = painted = layout.head(Head())  # the text is on the next row
        texts = wrap_lines(before, lines, terminal, indent=layout.indent)
        if not all(map(str.isascii, texts)):  # there may be marks of styles
            texts = painted_rows(
                texts, layout.indent, self._sequences if has_styles else WITHOUT_STYLES
            )
        if texts[0].startswith(before):
            texts[0] = painted + texts[0].removeprefix(before)
        return self._dim(rows + texts) if is_dim else rows + texts

    def _layout(self) -> Layout:
        return layout_for(self._terminal.columns, self._longest_name)


def _sentence(text: str) -> str:
    """Return a reason of the server as a safe sentence."""
    safe = make_safe(text)
    return safe[:1].upper() + safe[1:]


def is_presence(shown: ShownItem) -> bool:
    """Return whether an item says who joined, left or was renamed."""
    return _presence(shown) is not None


def _presence(shown: ShownItem) -> PresenceEvent | None:
    """Return who joined, left or was renamed, if that is what an item says."""
    item, _, _ = unlabelled(shown)
    if not isinstance(item, ChatMessage) or item.source != SERVER:
        return None
    return notice(item.text)


def _label_of_presence(shown: ShownItem) -> str | None:
    """Return the label of an item for which `is_presence` holds; None for others."""
    return unlabelled(shown)[1] if is_presence(shown) else None
