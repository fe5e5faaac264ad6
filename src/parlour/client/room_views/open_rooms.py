"""The names of the server's open rooms, as far as it has listed them, for Tab. Pure."""

from collections.abc import Iterable
from typing import Final

from ..protocol.display_items import RoomListRow
from ..protocol.rooms import SIGIL
from .labels import room_label

MAX_OPEN_ROOMS: Final = 1_000


class OpenRooms:
    """The labels of the rooms that were listed last."""

    def __init__(self) -> None:
        self._labels: dict[str, None] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that show the name unchanged, so that they can be typed."""
        return tuple(self._labels)

    def add(self, rows: Iterable[RoomListRow]) -> None:
        """Add the rooms of a list; the ones that were listed first are removed."""
        for row in rows:
            if (label := room_label(row.room)).removeprefix(SIGIL) == row.room:
                self._labels[label] = None
        while len(self._labels) > MAX_OPEN_ROOMS:
            del self._labels[next(iter(self._labels))]
