"""Who came, went and took another name, in one row. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from parlour.core.events import SERVER, Joined, Left, Renamed

from ...protocol.display_items import ChatMessage
from ...protocol.notices import notice
from ..safe_text import safe_name
from ..shown_items import ShownItem, unlabelled
from .signs import ENTERED, LEFT, RENAMED

MAX_NAMED: Final = 3  # users who are named; more are counted

PresenceEvent = Joined | Left | Renamed


def combined(events: Iterable[PresenceEvent]) -> list[PresenceEvent]:
    """Return *events* without renames of users who have just joined or been renamed."""
    found: list[PresenceEvent] = []
    named: dict[str, int] = {}  # the index of the event that gave a user this name
    for event in events:
        match event:
            case Joined(_, name):
                named[name] = len(found)
                found.append(event)
            case Left(_, name):
                named.pop(name, None)
                found.append(event)
            case Renamed(room, name, to):
                index = named.pop(name, None)
                if index is None:
                    index = len(found)
                    found.append(event)
                elif isinstance(last := found[index], Renamed):
                    found[index] = Renamed(room, last.name, to)
                else:
                    found[index] = last.replace(name=to)
                named[to] = index
    return found


def presence_text(events: Sequence[PresenceEvent]) -> str:
    """Return a safe text about who joined, who left and who is renamed.

    One who did both is named once: who left and joined is back.
    """
    changes: dict[str, list[PresenceEvent]] = {}
    for event in events:
        if not isinstance(event, Renamed):
            changes.setdefault(event.name, []).append(event)
    joined, left, back, visited = list[str](), list[str](), list[str](), list[str]()
    for name, own in changes.items():
        was_here, is_here = isinstance(own[0], Left), isinstance(own[-1], Joined)
        both = back if is_here else left
        neither = joined if is_here else visited
        (both if was_here else neither).append(_quoted(name))
    renamed = [event for event in events if isinstance(event, Renamed)]
    kinds = (
        (joined, "joined"),
        (left, "left"),
        (back, "left and came back"),
        (visited, "joined and left"),
    )
    if len(changes) + len(renamed) > MAX_NAMED:
        return _counts(events)
    parts = [f"{', '.join(names)} {what}" for names, what in kinds if names]
    parts += [f"{_quoted(each.name)} is now {_quoted(each.to)}" for each in renamed]
    return ", ".join(parts)


def _quoted(name: str) -> str:
    """Return a safe name, in quotes if it has several words."""
    safe = safe_name(name)
    return f'"{safe}"' if " " in safe else safe


def _counts(events: Sequence[PresenceEvent]) -> str:
    kinds = (Joined, "joined"), (Left, "left"), (Renamed, "renamed")
    counts = ((sum(isinstance(e, kind) for e in events), what) for kind, what in kinds)
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)


def presence_sign(events: Sequence[PresenceEvent]) -> str:
    """Return the sign of *events*, which depends on whether all are of one kind."""
    if all(isinstance(event, Left) for event in events):
        return LEFT
    return RENAMED if all(isinstance(each, Renamed) for each in events) else ENTERED


def is_presence(shown: ShownItem) -> bool:
    """Return whether an item says who joined, left or was renamed."""
    return presence_of(shown) is not None


def presence_of(shown: ShownItem) -> PresenceEvent | None:
    """Return who joined, left or was renamed, if that is what an item says."""
    item, _, _ = unlabelled(shown)
    if not isinstance(item, ChatMessage) or item.source != SERVER:
        return None
    return notice(item.text)


def label_of_presence(shown: ShownItem) -> str | None:
    """Return the label of an item for which `is_presence` holds; None for others."""
    return unlabelled(shown)[1] if is_presence(shown) else None
