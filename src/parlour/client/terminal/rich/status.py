"""What the style `rich` shows below the messages: lines under way, a status, a prompt.

Pure. The status is one row, which never scrolls and is never part of the scrollback.
"""

from typing import Final

from ..prompt_status import END, PromptStatus
from ..safe_text import make_safe, safe_name, shorten, width

MAX_UNDER_WAY: Final = 3  # lines that are shown; more are counted
UNDER_WAY: Final = "… "
CONNECTED: Final = "connected"
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

    The number of users is left out first, then the connection while it is good, then
    the rooms whose messages are not for the user alone.
    """
    connection = status.connection.strip(" ()")
    is_offline = connection.startswith("offline")
    state = f"{connection}{GAP}{RETRY}" if is_offline else connection or CONNECTED
    users = f"  {status.users:,} here" if status.users else ""
    counts = sorted(status.unread, key=lambda count: not count.is_urgent)
    room = max(1, columns - 1)
    while True:
        texts = [status.place + users, "  ".join(each.text for each in counts), state]
        used = sum(width(text) for text in texts if text)
        used += len(GAP) * (sum(map(bool, texts)) - 1)
        if used <= room:
            break
        if users:
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
    parts: Fragments = [(ROOM, place), (DIM, users)] if place else []
    if counts:
        parts += [(DIM, GAP)] if parts else []
        for number, each in enumerate(counts):
            parts.append(("", "  " if number else ""))
            parts.append((URGENT if each.is_urgent else "", each.text))
    if state:
        parts += [(DIM, GAP)] if parts else []
        parts.append((URGENT if connection else DIM, shorten(state, room)))
    return parts
