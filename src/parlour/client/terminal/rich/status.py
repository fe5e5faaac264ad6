"""What the style `rich` shows below the messages: lines under way, a status, a prompt.

Pure. The status is one row, which never scrolls and is never part of the scrollback.
"""

from collections.abc import Iterable
from typing import Final

from ..prompt_status import END, PromptStatus, RoomCount
from ..safe_text import make_safe, safe_name, shorten, width

MAX_UNDER_WAY: Final = 3  # lines that are shown; more are counted
UNDER_WAY: Final = "… "
CONNECTED: Final = "connected"
AWAY: Final = "away"
RETRY: Final = "Enter: try now"
NAME_SHARE: Final = 3  # columns of the terminal for each column of the name
GAP: Final = "  ·  "
UNKNOWN_NAME: Final = "you"

DIM: Final = "dim"
URGENT: Final = "bold"
ROOM: Final = "bold"

Fragments = list[tuple[str, str]]
"""Styles of prompt_toolkit, each with a text."""


def prompt_fragments(status: PromptStatus, columns: int) -> Fragments:
    """Return what a terminal with this number of *columns* shows below the messages."""
    if not (status.place or status.connection or status.name):
        return []  # the conversation has ended
    rows = [
        *under_way_rows(status.under_way, columns),
        *_status_row(status, columns),
        ("", "\n"),
    ]
    name = shorten(
        safe_name(status.name or UNKNOWN_NAME), max(1, columns // NAME_SHARE)
    )
    return [*rows, ("", f"{name}{END}")]


def under_way_rows(lines: tuple[str, ...], columns: int) -> Fragments:
    """Return a row for each of the last lines under way."""
    rows = [UNDER_WAY + make_safe(line.split("\n")[0]) for line in lines]
    if (more := len(rows) - MAX_UNDER_WAY) > 0:
        rows = [f"{UNDER_WAY}{more:,} more", *rows[more:]]
    return [(DIM, f"{shorten(row, max(1, columns - 1))}\n") for row in rows]


def _status_row(status: PromptStatus, columns: int) -> Fragments:
    """Return the room, its users, unread rooms and the connection, as far as they fit.

    That the user is away is left out first, then the number of users, then the
    connection while it is good, and then the rooms whose messages are not for the user
    alone.
    """
    connection = status.connection.strip(" ()")
    is_offline = connection.startswith("offline")
    state = f"{connection}{GAP}{RETRY}" if is_offline else connection or CONNECTED
    users = f"  {status.users:,} here" if status.users else ""
    away = AWAY if status.is_away else ""
    counts = sorted(status.unread, key=lambda count: not count.is_urgent)
    room = max(1, columns - 1)
    while True:
        unread = "  ".join(each.text for each in counts)
        texts = [status.place + users, unread, state, away]
        used = sum(width(text) for text in texts if text)
        used += len(GAP) * (sum(map(bool, texts)) - 1)
        if used <= room:
            break
        if away:
            away = ""
        elif users:
            users = ""
        elif state and not connection:
            state = ""
        elif counts:
            counts.pop()
        elif is_offline and state != connection:
            state = connection
        else:
            break
    place = shorten(
        status.place, max(1, room - (width(state) + len(GAP) if state else 0))
    )
    sections: list[Fragments] = [
        [(ROOM, place), (DIM, users)] if place else [],
        _joined([[(_style(each), each.text)] for each in counts], "  "),
        [(URGENT if connection else DIM, shorten(state, room))] if state else [],
        [(DIM, away)] if away else [],
    ]
    return _joined(sections, GAP)


def _style(count: RoomCount) -> str:
    return URGENT if count.is_urgent else ""


def _joined(sections: Iterable[Fragments], gap: str) -> Fragments:
    """Return the sections that are not empty, with a *gap* between two of them."""
    joined: Fragments = []
    for section in filter(None, sections):
        joined += [(DIM, gap), *section] if joined else section
    return joined
