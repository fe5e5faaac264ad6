"""What the formatter prints: display items, some of them with their room in front."""

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


class Divider(NamedTuple):
    """A row between messages, with a *label* that is safe to print.

    Either a room has become the current one, or, in the style `rich` only, the messages
    below the row are new, or of now.
    """

    label: str
    is_room: bool = True


Unlabelled = DisplayItem | Divider
ShownItem = Unlabelled | Labelled


def unlabelled(shown: ShownItem) -> tuple[Unlabelled, str, bool]:
    """Return an item, its label if it has one, and whether it mentions the user."""
    if isinstance(shown, Labelled):
        return shown.item, shown.label, shown.is_mention
    return shown, "", False
