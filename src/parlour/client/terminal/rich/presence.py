"""Who came and went, in one row. Pure."""

from collections.abc import Sequence
from typing import Final

from parlour.core.events import Joined, Left

from ..safe_text import safe_name
from .signs import ENTERED, LEFT

MAX_NAMED: Final = 3  # users who are named; more are counted


def presence_text(events: Sequence[Joined | Left]) -> str:
    """Return a safe text about who joined and who left, in this order."""
    joined = [event.name for event in events if isinstance(event, Joined)]
    left = [event.name for event in events if isinstance(event, Left)]
    has_names = len(events) <= MAX_NAMED
    parts = []
    for names, what in ((joined, "joined"), (left, "left")):
        if names:
            shown = ", ".join(map(safe_name, names)) if has_names else f"{len(names):,}"
            parts.append(f"{shown} {what}")
    return ", ".join(parts)


def presence_sign(events: Sequence[Joined | Left]) -> str:
    """Return the sign of *events*: an arrow, out of the room if all of them left."""
    return LEFT if all(isinstance(event, Left) for event in events) else ENTERED
