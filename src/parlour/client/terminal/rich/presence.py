"""Who came, went and took another name, in one row. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from parlour.core.events import Joined, Left, Renamed

from ..safe_text import safe_name
from .signs import ENTERED, LEFT, RENAMED

MAX_NAMED: Final = 3  # events with names; more are counted

PresenceEvent = Joined | Left | Renamed


def combined(events: Iterable[PresenceEvent]) -> list[PresenceEvent]:
    """Return *events* without renames of users who have just joined or been renamed."""
    found: list[PresenceEvent] = []
    for event in events:
        before = _index(found, event.name) if isinstance(event, Renamed) else None
        if before is None or not isinstance(event, Renamed):
            found.append(event)
        elif isinstance(last := found[before], Renamed):
            found[before] = Renamed(last.room, last.name, event.to)
        else:
            found[before] = Joined(event.room or last.room, event.to)
    return found


def _index(events: Sequence[PresenceEvent], name: str) -> int | None:
    """Return the index of the event that gave a user this *name*, or None."""
    for index in reversed(range(len(events))):
        match events[index]:
            case Joined(_, given) | Renamed(_, _, given) if given == name:
                return index
            case Left(_, gone) if gone == name:
                return None
    return None


def presence_text(events: Sequence[PresenceEvent]) -> str:
    """Return a safe text about who joined, who left and who is renamed."""
    joined = [safe_name(event.name) for event in events if isinstance(event, Joined)]
    left = [safe_name(event.name) for event in events if isinstance(event, Left)]
    renamed = [event for event in events if isinstance(event, Renamed)]
    if len(events) > MAX_NAMED:
        sizes = (len(joined), "joined"), (len(left), "left"), (len(renamed), "renamed")
        return ", ".join(f"{count:,} {what}" for count, what in sizes if count)
    parts = [", ".join(joined) + " joined"] if joined else []
    parts += [", ".join(left) + " left"] if left else []
    parts += [f"{safe_name(each.name)} is now {safe_name(each.to)}" for each in renamed]
    return ", ".join(parts)


def presence_sign(events: Sequence[PresenceEvent]) -> str:
    """Return the sign of *events*, which depends on whether all are of one kind."""
    if all(isinstance(event, Left) for event in events):
        return LEFT
    return RENAMED if all(isinstance(each, Renamed) for each in events) else ENTERED
