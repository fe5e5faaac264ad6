"""What the style `rich` shows below the messages: lines under way, a status, a prompt.

Pure. The status is one row, which never scrolls and is never part of the scrollback.
"""

import re
from collections.abc import Iterable
from typing import Final

from ..prompt_status import END, BarColors, PromptStatus, RoomCount
from ..safe_text import make_safe, safe_name, shorten, width
from .layout import Head, layout_for
from .signs import UNDER_WAY

MAX_UNDER_WAY: Final = 3  # lines that are shown; more are counted
CONNECTED: Final = "connected"
ENCRYPTED: Final = "connected with TLS"
AWAY: Final = "away"
RETRY: Final = "Enter: try now"
NAME_HINT: Final = "/setname NAME to take a name"
NAME_SHARE: Final = 3  # columns of the terminal for each column of the name
GAP: Final = "  ·  "
UNKNOWN_NAME: Final = "you"

DIM: Final = "dim"
URGENT: Final = "bold ansibrightmagenta"
TROUBLE: Final = "bold ansiyellow"
MIN_TOPIC: Final = 8  # columns of a topic that is cut
ROOM: Final = "bold"

_UNCHOSEN: Final = re.compile(r"\S+:\d+|\[\S+\]:\d+|guest\d+")
"""A name that the server gave to a user who took none."""

Fragments = list[tuple[str, str]]
"""Styles of prompt_toolkit, each with a text."""


def prompt_fragments(status: PromptStatus, columns: int) -> Fragments:
    """Return what a terminal with this number of *columns* shows below the messages."""
    if not (status.place or status.connection or status.name):
        return []  # the conversation has ended
    rows = [
        *under_way_rows(status.under_way, columns),
        *_on_bar(_status_row(status, columns), status.bar, columns),
        ("", "\n"),
    ]
    name = status.question or safe_name(status.name or UNKNOWN_NAME)
    name = shorten(name, max(1, columns // NAME_SHARE))
    return [*rows, ("", f"{name}{END}")]


def under_way_rows(lines: tuple[str, ...], columns: int) -> Fragments:
    """Return a row for each of the last lines under way."""
    rows = [make_safe(line.split("\n")[0]) for line in lines]
    if (more := len(rows) - MAX_UNDER_WAY) > 0:
        rows = [f"{more:,} more", *rows[more:]]
    before = layout_for(columns).head(Head(sign=UNDER_WAY))
    return [(DIM, f"{shorten(before + row, max(1, columns - 1))}\n") for row in rows]


def _status_row(status: PromptStatus, columns: int) -> Fragments:
    """Return the room, its users, unread rooms and the connection, as far as they fit.

    Left out are, in this order: that the user is away, the topic, the number of users,
    the connection while it is good, and the rooms whose messages are not for the user
    alone.
    """
    parts = _Parts(status)
    room = max(1, columns - 1)
    topic = parts.topic
    while parts.width > room and parts.shorten():
        pass
    left = room - parts.width - len(GAP)
    if topic and not parts.topic and left >= MIN_TOPIC:
        parts.topic = shorten(topic, left)
    reserved = width(parts.state) + len(GAP) if parts.state else 0
    place = shorten(status.place, max(1, room - reserved))
    state_style = TROUBLE if parts.connection else DIM
    sections: list[Fragments] = [
        [(ROOM, place), (DIM, parts.users)] if place else [],
        _joined(map(_counted, parts.counts), "  "),
        [(TROUBLE, parts.hint)] if parts.hint else [],
        [(state_style, shorten(parts.state, room))] if parts.state else [],
        [(ROOM, parts.away)] if parts.away else [],
        [(DIM, parts.topic)] if parts.topic else [],
    ]
    return _joined(sections, GAP)


class _Parts:
    """The parts of the status row, of which some are left out."""

    def __init__(self, status: PromptStatus) -> None:
        self.connection = status.connection.strip(" ()")
        self._is_offline = self.connection.startswith("offline")
        self._place = status.place
        retry = f"{self.connection}{GAP}{RETRY}"
        connected = ENCRYPTED if status.is_encrypted else CONNECTED
        self.state = retry if self._is_offline else self.connection or connected
        self.users = ""
        if status.users and not self._is_offline:  # nobody knows while it is lost
            self.users = f"  {status.users:,} here"
        is_unchosen = _UNCHOSEN.fullmatch(status.name) is not None
        self.hint = NAME_HINT if is_unchosen and not self.connection else ""
        self.topic = make_safe(status.topic.replace("\n", " "))
        self.away = AWAY if status.is_away else ""
        self.counts = sorted(status.unread, key=lambda count: not count.for_you)

    @property
    def width(self) -> int:
        """The columns of all parts together."""
        unread = "  ".join(_text(_counted(each)) for each in self.counts)
        texts = [
            *(self._place + self.users, self.topic, unread),
            *(self.hint, self.state, self.away),
        ]
        used = [width(text) for text in texts if text]
        return sum(used) + len(GAP) * (len(used) - 1)

    def shorten(self) -> bool:
        """Leave out the part that matters least; return whether there was one."""
        if self.away:
            self.away = ""
        elif self.topic:
            self.topic = ""
        elif self.users:
            self.users = ""
        elif self.hint and not self.state:
            self.hint = ""
        elif self.state and not self.connection:
            self.state = ""
        elif self.counts:
            self.counts.pop()
        elif self._is_offline and self.state != self.connection:
            self.state = self.connection
        else:
            return False
        return True


def _counted(count: RoomCount) -> Fragments:
    """Return a room with its number, with which Alt switches to it, and its counts."""
    room = f"{count.number}:{count.text}" if count.number else count.text
    if not count.for_you:
        return [("", room)]
    if count.for_you == count.unread:
        return [(URGENT, room)]
    return [("", f"{room} "), (URGENT, f"@{count.for_you:,}")]


def _text(fragments: Fragments) -> str:
    return "".join(text for _, text in fragments)


def _on_bar(row: Fragments, bar: BarColors | None, columns: int) -> Fragments:
    """Return a row with a background to its end, if there is one."""
    if bar is None:
        return row
    used = sum(width(text) for _, text in row)
    blanks = " " * max(0, columns - 1 - used)
    styles = {DIM: bar.quiet, URGENT: bar.urgent, TROUBLE: bar.trouble}
    return [
        (f"{bar.background} {styles.get(style, style)}", text)
        for style, text in [*row, ("", blanks)]
    ]


def _joined(sections: Iterable[Fragments], gap: str) -> Fragments:
    """Return the sections that are not empty, with a *gap* between two of them."""
    joined: Fragments = []
    for section in filter(None, sections):
        joined += [(DIM, gap), *section] if joined else section
    return joined
