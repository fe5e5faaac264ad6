"""What the formatter prints: display items, some of them with their room in front."""

from enum import Enum, auto
from typing import Final, NamedTuple

from ..protocol.display_items import DisplayItem

ENTERED: Final = "You are in "
"""How a note begins that names the room which the user has entered."""


class Labelled(NamedTuple):
    """An item that is shown with its room in front. The *label* is safe to print.

    It is empty if only a mark is of interest: the message is for the user, or the user
    *asked* to see it, such as earlier ones.
    """

    item: DisplayItem
    label: str
    is_mention: bool = False
    is_asked: bool = False


class DividerKind(Enum):
    """What a divider says."""

    ROOM = auto()  # a room has become the current one
    NEW = auto()  # the messages below arrived while the user was away
    LIVE = auto()  # the messages above were sent before the user came


class Divider(NamedTuple):
    """A row between messages, with a *label* that is safe to print.

    All styles show that a room has become the current one, `rich` also the others.
    """

    label: str
    kind: DividerKind = DividerKind.ROOM


Unlabelled = DisplayItem | Divider
ShownItem = Unlabelled | Labelled


def unlabelled(shown: ShownItem) -> tuple[Unlabelled, str, bool]:
    """Return an item, its label if it has one, and whether it mentions the user."""
    if isinstance(shown, Labelled):
        return shown.item, shown.label, shown.is_mention
    return shown, "", False


def entered_room(note: str, label: str) -> str | None:
    """Return what a *note* says besides that the user has entered a room.

    It is None if the note says something else. What others have written has a word of
    the client before it.
    """
    said = f"{ENTERED}{label}"
    if note == said:
        return ""
    if note.startswith(f"{said}: "):
        return f"topic{note.removeprefix(said)}"
    return note.removeprefix(f"{said}, ") if note.startswith(f"{said}, ") else None
