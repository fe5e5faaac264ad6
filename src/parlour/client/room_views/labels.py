"""How rooms are named on the screen: ``#dev``, and ``@bob`` for a direct room. Pure.

Names of rooms and users come from others, so every label passes `safe_text`.
"""

from typing import Final

from parlour.core.events import is_direct_room

from ..protocol.rooms import DIRECT_SIGIL, SIGIL
from ..terminal.safe_text import safe_name, shorten

MAX_LABEL: Final = 34  # columns of a label; a name on our server has at most 32
UNKNOWN_DIRECT: Final = "a direct room"
"""The label of a direct room whose other user is not known: its name says nothing."""


def room_label(room: str, other: str = "") -> str:
    """Return the label of *room*, or of the direct room with the user *other*."""
    if other:
        name = " ".join(safe_name(other).split())
        return shorten(f"{DIRECT_SIGIL}{name}", MAX_LABEL)
    if is_direct_room(room):
        return UNKNOWN_DIRECT
    name = "_".join(safe_name(room).split())  # a blank ends the label
    return shorten(f"{SIGIL}{name}", MAX_LABEL)
