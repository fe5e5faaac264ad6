"""What the formatter prints: display items, some of them with their room in front."""

from typing import NamedTuple

from ..protocol.display_items import DisplayItem


class Labelled(NamedTuple):
    """An item that is shown with its room in front. The *label* is safe to print."""

    item: DisplayItem
    label: str


class Divider(NamedTuple):
    """The row above the messages of a room that has become the current one."""

    label: str


ShownItem = DisplayItem | Labelled | Divider
