"""The signs that stand where the name of a person would be, and names beside them."""

from functools import lru_cache
from typing import Final

from ...protocol.rooms import DIRECT_SIGIL
from ..safe_text import safe_name

MENTION: Final = ">"
REFUSED: Final = "!"
RENAMED: Final = "~"
SERVER_TEXT: Final = "--"
ACTS: Final = "*"
ENTERED: Final = "→"
LEFT: Final = "←"
COMMAND: Final = "» "
_SIGNS: Final = {MENTION, REFUSED, RENAMED, ACTS, COMMAND[0]}

MAX_CACHED_NAMES: Final = 256


@lru_cache(MAX_CACHED_NAMES)
def unsigned_name(source: str) -> str:
    """Return the name of a person, which looks like none of the signs."""
    name = safe_name(source)
    for sign in (ENTERED, LEFT):
        name = name.replace(sign, f"<U+{ord(sign):04X}>")
    return f"◌{name}" if name[:1] in _SIGNS else name


def name_and_room(source: str, label: str) -> str:
    """Return who said something in the room with a *label*, and where or to whom.

    In a direct room, what the other user did not say is the user's own.
    """
    name = " ".join(safe_name(source).split())
    is_other = label[0] == DIRECT_SIGIL and name.startswith(label[1:].removesuffix("…"))
    return f"{unsigned_name(source)}{ENTERED}{'you' if is_other else label}"
