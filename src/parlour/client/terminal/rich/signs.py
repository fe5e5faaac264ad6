"""The signs that stand where the name of a person would be, and names beside them."""

from functools import lru_cache
from typing import Final

from ...protocol.rooms import DIRECT_SIGIL
from ..safe_text import safe_name, shorten, width

MENTION: Final = ">"
WRONG: Final = "!"
RENAMED: Final = "~"
NOTE: Final = "--"
ANNOUNCED: Final = "***"
ACTS: Final = "*"
ENTERED: Final = "→"
LEFT: Final = "←"
COMMAND: Final = "»"
UNDER_WAY: Final = "…"
RECALLED: Final = "│"
_SIGNS: Final = {MENTION, WRONG, RENAMED, ACTS, COMMAND, UNDER_WAY, RECALLED}

MAX_CACHED_NAMES: Final = 256
MIN_LABEL: Final = 4  # columns of the label of a room that is cut


@lru_cache(MAX_CACHED_NAMES)
def unsigned_name(source: str) -> str:
    """Return the name of a person, which looks like none of the signs."""
    name = safe_name(source)
    for sign in (ENTERED, LEFT):
        name = name.replace(sign, f"<U+{ord(sign):04X}>")
    first = name[:1]
    return f"◌{name}" if first in _SIGNS or not first.strip() else name


def name_and_room(source: str, label: str, columns: int) -> str:
    """Return who said something in the room with a *label*, and where or to whom.

    In a direct room, what the other user did not say is the user's own. The label is
    cut to fit into the *columns* of names, if enough of it can be shown.
    """
    name = " ".join(safe_name(source).split())
    is_other = label[0] == DIRECT_SIGIL and name.startswith(label[1:].removesuffix("…"))
    who, where = unsigned_name(source), "you" if is_other else label
    room = columns + 1 - width(who) - len(ENTERED)
    return f"{who}{ENTERED}{shorten(where, room) if room >= MIN_LABEL else where}"
