"""Rows that the client makes: with a sign where a name would be, and dividers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..colors import NameStyles
from ..formatter import DIVIDER, local_moment
from ..safe_text import BOLD, DIM, make_safe, width
from ..shown_items import DividerKind, Entered
from . import signs
from .columns import Columns
from .layout import Head
from .on_screen import OnScreen
from .styles import END, SIGN

FRAME: Final = f"{DIVIDER}  {DIVIDER}"  # around the text of a divider, at least


class MadeRows:
    """The rows of one terminal that are no person's."""

    def __init__(
        self, names: NameStyles, columns: Columns, on_screen: OnScreen
    ) -> None:
        self._names, self._columns, self._on_screen = names, columns, on_screen
        self.now = datetime.now().astimezone()  # of the items that are formatted now

    def divider(self, safe: str, kind: DividerKind | None = None) -> list[str]:
        is_room = kind is DividerKind.ROOM
        self._on_screen.interrupt(safe if is_room else "")
        style = DIM
        if kind is DividerKind.NEW:
            style = self._names.mention
        elif is_room:
            style = BOLD
        return [self._columns.divider(safe, style)]

    def begin(self, time: str) -> tuple[datetime, list[str]]:
        """Return the moment of a *time* of the wire, and the divider of a new day."""
        moment = local_moment(time) or self.now
        day = self._on_screen.new_day(moment)
        return moment, self.divider(day) if day else []

    def signed(
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
        moment, rows = self.begin(time)
        self._on_screen.interrupt()
        first, *others = safe
        text = f"{label}: {first}" if label else first
        time = self._on_screen.time(moment)
        head = Head(time, sign=sign, sign_style=style)
        lines = [text, *others]
        if is_help:
            return rows + self._columns.help_rows(head, lines)
        return rows + self._columns.rows(head, lines, style=text_style)

    def entered(self, entered: Entered) -> list[str]:
        """Return the rows of what is left to say of a room below its divider."""
        if entered.label != self._on_screen.room:
            return self.note("", entered.text)
        topic = f"topic: {entered.topic}" if entered.topic else ""
        about = topic or entered.about
        return self.note("", about) if about else []

    def heading(self, label: str, text: str) -> list[str]:
        """Return the divider above earlier messages, or rows if it would be cut.

        It has no time, since the messages below have theirs.
        """
        safe = make_safe(f"{label}: {text}" if label else text)
        heading = safe.removesuffix(":")
        if width(heading) + len(FRAME) < self._columns.terminal.columns:
            return self.divider(heading)
        self._on_screen.interrupt()
        head = Head(sign=signs.NOTE, sign_style=DIM)
        return self._columns.rows(head, [safe], style=DIM)

    def note(self, label: str, *lines: str, rows: Iterable[str] = ()) -> list[str]:
        """Return the rows of the client's own words, or the server's answer."""
        first, *others = map(make_safe, lines)
        is_help = first.startswith("/")
        if not is_help:  # what is asked for is less bright than what people say
            others = [f"{SIGN}{line}{END}" for line in others]
        return self.signed(
            *(signs.NOTE, label, first, *others, *rows),
            style=BOLD,
            text_style="",
            is_help=is_help,
        )

    def announcement(self, safe: str) -> list[str]:
        """Return the rows of an announcement, which stands out without colours."""
        style = self._names.mentioning
        return self.signed(signs.ANNOUNCED, "", safe, style=style, text_style=BOLD)

    def wrong(self, label: str, *safe: str) -> list[str]:
        """Return the rows about something that went wrong."""
        names = self._names
        return self.signed(
            *(signs.WRONG, label, *safe),
            style=names.wrong,
            text_style=names.wrong_text,
        )
