"""What the formatter prints: display items, some of them with their room in front."""

from enum import Enum, auto
from typing import NamedTuple

from ..protocol.display_items import DisplayItem


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


class Entered(NamedTuple):
    """The user has entered the room with a *label*; all of it is safe to print."""

    label: str
    topic: str = ""
    about: str = ""  # what a direct room is

    @property
    def text(self) -> str:
        """The whole note, which names the room."""
        topic = f": {self.topic}" if self.topic else ""
        about = f", {self.about}" if self.about else ""
        return f"You are in {self.label}{topic}{about}"


Unlabelled = DisplayItem | Divider | Entered
ShownItem = Unlabelled | Labelled


def unlabelled(shown: ShownItem) -> tuple[Unlabelled, str, bool]:
    """Return an item, its label if it has one, and whether it mentions the user."""
    if isinstance(shown, Labelled):
        return shown.item, shown.label, shown.is_mention
    return shown, "", False
