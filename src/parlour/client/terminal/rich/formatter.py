"""Format display items in the style `rich`: times, names and texts in columns.

No text of a person starts at column 0, and none stands in the columns of times and
names: what is there was made by the client.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from parlour.core.events import SERVER, Joined, Left, Renamed
from parlour.markup import ACTION

from ...protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    Note,
    OwnLine,
    UnknownLine,
    WholeMessage,
)
from ...protocol.notices import notice
from ...protocol.rooms import DIRECT_SIGIL
from ..formatter import (
    DISCONNECTED,
    DIVIDER,
    NO_TERMINAL,
    NOTE,
    UNKNOWN_LINE_NOTE,
    OutputLine,
    Widths,
)
from ..line_wrapping import TerminalWidth, cut_text, more_lines, wrap_lines
from ..safe_text import (
    BOLD,
    DIM,
    make_safe,
    name_style,
    paint,
    safe_name,
    shorten,
    width,
)
from ..shown_items import Divider, ShownItem, unlabelled
from .layout import MAX_NAME_COLUMNS, Head, Layout, layout_for
from .presence import ENTERED, LEFT, presence_sign, presence_text
from .styles import painted_rows, styled_lines

SAME_SPEAKER: Final = timedelta(minutes=5)  # in which a name is not repeated
CLOCK: Final = "%Y-%m-%dT%H:%M:%S%z"
"""The format of the time at which items are shown."""

MENTION: Final = ">"
REFUSED: Final = "!"
RENAMED: Final = "~"
SERVER_TEXT: Final = "--"
ACTS: Final = "*"

INTO: Final = ENTERED
TO_YOU: Final = "you"
"""What follows the name if a message was said elsewhere: where it was said."""

COMMAND: Final = "» "
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


class _Speaker(NamedTuple):
    source: str
    label: str
    since: datetime


class RichFormatter:
    """A formatter for one terminal. Each item is formatted once, in order.

    It remembers the day, the minute and the speaker that are on the screen already.
    """

    def __init__(self, *, color: bool = False) -> None:
        self._color = color
        self._day: date | None = None
        self._minute = ""
        self._speaker: _Speaker | None = None
        self._longest_name = 0

    def lines(
        self,
        shown: Sequence[ShownItem],
        clock: str = "",
        widths: Widths = NO_TERMINAL,
    ) -> list[OutputLine]:
        """Return the rows of the items, shown at the time *clock*, as in `CLOCK`.

        Users who join or leave one after the other share a row.
        """
        terminal, rows = widths.chat or DEFAULT_WIDTH, list[str]()
        now = _local(clock) or datetime.now().astimezone()
        for are_presences, group in groupby(shown, _presence_group):
            if are_presences:
                rows += self._presence(list(group), now, terminal)
            else:
                for item in group:
                    rows += self._rows(item, now, terminal)
        return [OutputLine(row, is_chat=True) for row in rows]

    def _rows(
        self, shown: ShownItem, now: datetime, terminal: TerminalWidth
    ) -> list[str]:
        item, label, is_mention = unlabelled(shown)
        match item:
            case ChatMessage() if item.source == SERVER:
                return self._notice(item, label, now, terminal)
            case ChatMessage():
                mark = MENTION if is_mention else " "
                return self._message(item, label, mark, now, terminal)
            case Answer(rows):
                return [*self._answer(rows, now, terminal)]
            case WholeMessage(message):
                return self._whole(message, now, terminal)
            case OwnLine(text, is_refused=True):
                return self._refused(text, label, now, terminal)
            case OwnLine(text, is_message=False):
                return self._aside(f"{COMMAND}{make_safe(text)}", terminal)
            case UnknownLine(is_reported=True):
                return self._aside(f"{NOTE}{UNKNOWN_LINE_NOTE}", terminal)
            case Note(text):
                lines = (f"{label}: {text}" if label else text).split("\n")
                asides = (self._aside(NOTE + make_safe(one), terminal) for one in lines)
                return [row for rows in asides for row in rows]
            case Disconnected():
                return self._plain(DISCONNECTED)
            case Divider(name):
                return self._divider(name, terminal)
            case _:
                return []  # for programs only, or told in other items

    # -- rows of their own --------------------------------------------------------

    def _divider(self, safe: str, terminal: TerminalWidth) -> list[str]:
        row = shorten(f"{DIVIDER} {safe} {DIVIDER}", max(1, terminal.columns - 1))
        return self._plain(self._paint(row, DIM))

    def _aside(self, safe: str, terminal: TerminalWidth) -> list[str]:
        """Return the rows of the client's own words."""
        self._speaker = None
        rows = wrap_lines("", [safe], terminal, indent=len(NOTE))
        return [self._paint(row, DIM) for row in rows]

    def _plain(self, row: str) -> list[str]:
        self._speaker = None
        return [row]

    def _new_day(self, moment: datetime, terminal: TerminalWidth) -> list[str]:
        """Return the divider of a new day, if *moment* is on another one."""
        day = moment.date()
        if day == self._day:
            return []
        self._day, self._minute = day, ""
        return self._divider(f"{day:%A} {day.day} {day:%B}", terminal)

    # -- rows in columns ----------------------------------------------------------

    def _message(
        self,
        item: ChatMessage,
        label: str,
        mark: str,
        now: datetime,
        terminal: TerminalWidth,
    ) -> list[str]:
        moment = _local(item.time) or now
        rows = self._new_day(moment, terminal)
        said = _Said(item.source, item.text, label, mark, sequence=item.sequence)
        return rows + self._said(said, moment, terminal)

    def _whole(
        self, item: ChatMessage, now: datetime, terminal: TerminalWidth
    ) -> list[str]:
        self._speaker = None
        moment = _local(item.time) or now
        rows = self._new_day(moment, terminal)
        said = _Said(item.source, item.text, is_whole=True)
        return rows + self._said(said, moment, terminal)

    def _said(
        self, said: _Said, moment: datetime, terminal: TerminalWidth
    ) -> list[str]:
        """Return the rows of what was said."""
        source, text, label, mark, prefix, sequence, is_whole = said
        speaker, layout = _Speaker(source, label, moment), self._layout(terminal)
        style, name = name_style(source), _unsigned_name(source)
        is_action = text.startswith(ACTION)
        if is_action:
            text = text.removeprefix(ACTION)
            prefix, name, style = f"{prefix}{name} ", ACTS, BOLD
        elif label:
            name = f"{name} {INTO} {TO_YOU if _is_partner(source, label) else label}"
        elif self._continues(speaker) and layout.names and mark == " ":
            name = ""
        elif (columns := width(name)) <= MAX_NAME_COLUMNS:
            self._longest_name = max(self._longest_name, columns)
            layout = self._layout(terminal)
        self._speaker = None if is_action else speaker
        end = " " if is_action else ": "
        head = Head(self._time(moment), mark, name, style, end)
        shown, extra = (text, 0) if is_whole else cut_text(text)
        lines = styled_lines(shown)
        lines[0] = f"{prefix}{lines[0]}"
        hint = f", /show {sequence}" if sequence else ""
        lines += more_lines(extra, hint)
        return self._in_columns(head, lines, layout, terminal)

    def _refused(
        self, text: str, label: str, now: datetime, terminal: TerminalWidth
    ) -> list[str]:
        """Return the rows of a line of the user that the server has refused."""
        self._speaker = None
        prefix = f"{label}: " if label else ""
        first, *others = text.split("\n")
        lines = [prefix + make_safe(first), *more_lines(len(others))]
        head = Head(self._time(now), REFUSED)
        return self._in_columns(head, lines, self._layout(terminal), terminal)

    def _notice(
        self, item: ChatMessage, label: str, now: datetime, terminal: TerminalWidth
    ) -> list[str]:
        """Return the rows of what the server says."""
        moment = _local(item.time) or now
        rows = self._new_day(moment, terminal)
        sign, text = SERVER_TEXT, make_safe(item.text)
        if isinstance(found := notice(item.text), Renamed):
            sign, text = (
                RENAMED,
                f"{safe_name(found.name)} is now {safe_name(found.to)}",
            )
        return rows + self._signed(sign, label, text, moment, terminal)

    def _presence(
        self, shown: Sequence[ShownItem], now: datetime, terminal: TerminalWidth
    ) -> list[str]:
        """Return one row about the users who joined or left."""
        labels = {unlabelled(each)[1] for each in shown}
        events = [event for each in shown if (event := _presence(each)) is not None]
        moment = _local(_item(shown[-1]).time) or now
        rows = self._new_day(moment, terminal)
        text, sign = presence_text(events), presence_sign(events)
        return rows + self._signed(sign, ", ".join(labels), text, moment, terminal)

    def _signed(
        self,
        sign: str,
        label: str,
        safe: str,
        moment: datetime,
        terminal: TerminalWidth,
    ) -> list[str]:
        """Return dim rows with a *sign* where the name of a person would be."""
        self._speaker = None
        layout = self._layout(terminal)
        text = f"{label}: {safe}" if label else safe
        head = Head(self._time(moment), name=sign, end=" ")
        rows = self._in_columns(head, text.split("\n"), layout, terminal, is_dim=True)
        return [self._paint(row, DIM) for row in rows]

    def _answer(
        self, answer: Iterable[AnswerRow], now: datetime, terminal: TerminalWidth
    ) -> Iterator[str]:
        """Yield the rows of an answer: earlier messages, or what the server says."""
        self._speaker = None
        for source, text, time, prefix, _ in answer:
            if source == SERVER:
                safe = f"{NOTE}{make_safe(prefix)}{make_safe(text)}"
                yield from self._aside(safe, terminal)
                continue
            moment = _local(time) or now
            yield from self._new_day(moment, terminal)
            said = _Said(source, text, prefix=make_safe(prefix))
            yield from self._said(said, moment, terminal)
        self._speaker = None

    def _in_columns(
        self,
        head: Head,
        lines: Sequence[str],
        layout: Layout,
        terminal: TerminalWidth,
        *,
        is_dim: bool = False,
    ) -> list[str]:
        """Return the rows of safe *lines* after a head, in the column for texts."""
        before, rows = layout.head(head), list[str]()
        painted = layout.head(head, paint) if self._color and not is_dim else before
        if layout.names and width(head.name) > layout.names:
            if width(before) < terminal.columns:
                rows = [painted.rstrip()]
            else:
                rows = [shorten(before.rstrip(), terminal.columns - 1)]
            before = painted = layout.head(Head())  # the text is on the next row
        texts = wrap_lines(before, lines, terminal, indent=layout.indent)
        texts = painted_rows(texts, layout.indent, color=self._color and not is_dim)
        if texts[0].startswith(before):
            texts[0] = painted + texts[0].removeprefix(before)
        return rows + texts

    # -- what is on the screen ----------------------------------------------------

    def _layout(self, terminal: TerminalWidth) -> Layout:
        return layout_for(terminal.columns, self._longest_name)

    def _time(self, moment: datetime) -> str:
        """Return the time to show: "" if the row above is of the same minute."""
        minute = f"{moment:%H:%M}"
        if minute == self._minute:
            return ""
        self._minute = minute
        return minute

    def _continues(self, speaker: _Speaker) -> bool:
        """Return whether the last row is of the same speaker, and recent."""
        last = self._speaker
        if last is None or last[:2] != speaker[:2]:
            return False
        return abs(speaker.since - last.since) < SAME_SPEAKER

    def _paint(self, safe: str, style: str) -> str:
        return paint(safe, style) if self._color else safe


def _unsigned_name(source: str) -> str:
    """Return the name of a person, which looks like none of the signs."""
    name = safe_name(source)
    for sign in (ENTERED, LEFT):
        name = name.replace(sign, f"<U+{ord(sign):04X}>")
    return f"◌{name}" if name in {ACTS, RENAMED} else name


def _is_partner(source: str, label: str) -> bool:
    """Return whether a room with this *label* is the direct room with *source*.

    Other messages in a direct room are the user's own.
    """
    name = " ".join(safe_name(source).split())
    return label[0] == DIRECT_SIGIL and name.startswith(label[1:].removesuffix("…"))


def _item(shown: ShownItem) -> ChatMessage:
    item, _, _ = unlabelled(shown)
    assert isinstance(item, ChatMessage)
    return item


def _presence(shown: ShownItem) -> Joined | Left | None:
    """Return who joined or left, if that is what an item says."""
    item, _, _ = unlabelled(shown)
    if not isinstance(item, ChatMessage) or item.source != SERVER:
        return None
    found = notice(item.text)
    return found if isinstance(found, Joined | Left) else None


def is_presence(shown: ShownItem) -> bool:
    """Return whether an item says who joined or left."""
    return _presence(shown) is not None


def _presence_group(shown: ShownItem) -> tuple[str, ...]:
    """Return what the items of one row of presence have in common; () for others."""
    if _presence(shown) is None:
        return ()
    return ("presence", unlabelled(shown)[1])


def _local(moment: str) -> datetime | None:
    """Return a time of the wire in the local time zone; None if it is invalid."""
    try:
        return datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
