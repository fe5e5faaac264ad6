"""What is shown of the rooms now, and what is kept until the user switches. Pure.

At a prompt, the current room is shown as it is, while messages of other rooms are
counted and kept. Elsewhere everything is shown, with its room in front as soon as there
is more than one.
"""

from collections.abc import Callable
from enum import Enum, auto

from parlour.core.events import SERVER, Joined, Left, Renamed

from ..protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    DisplayItem,
    Note,
    OwnLine,
)
from ..protocol.notices import notice
from ..terminal.shown_items import Divider, Labelled, ShownItem
from . import notes
from .joined_rooms import JoinedRooms, Room
from .labels import UNKNOWN_DIRECT, room_label
from .mentions import mentions
from .unread import Unread


class RoomDisplay(Enum):
    """Which rooms are shown, and how."""

    CURRENT = auto()  # the current one; the others are counted
    ALL = auto()  # all, with the room in front of each line if there are several
    EXACT = auto()  # all, for programs: what the server sends


class Screen:
    """The items to show next, and the messages that are kept.

    *labels_all* puts the room in front of every line, even if there is only one room.
    *own_name* returns the name of the client.
    """

    def __init__(
        self,
        joined: JoinedRooms,
        display: RoomDisplay,
        *,
        labels_all: bool,
        own_name: Callable[[], str],
    ) -> None:
        self._joined, self._display = joined, display
        self._labels_all, self._own_name = labels_all, own_name
        self._shown: list[ShownItem] = []

    @property
    def is_exact(self) -> bool:
        """Whether programs read it, so that only what the server sends is shown."""
        return self._display is RoomDisplay.EXACT

    def take(self) -> list[ShownItem]:
        """Remove and return the items to show next."""
        shown, self._shown = self._shown, []
        return shown

    def label_from_now_on(self) -> None:
        """Put the room in front of every line: there is more than one room."""
        self._labels_all = True

    def name(self, room: str) -> str:
        """Return the label of a room, whether the client is in it or not."""
        found = self._joined.get(room)
        if found is not None:
            return found.label
        return self._joined.former_label(room) or room_label(room)

    def show(self, item: DisplayItem, room: str = "") -> None:
        """Show *item* now, with its *room* in front unless that is clear."""
        label = self._label(room)
        self._shown.append(Labelled(item, label) if label else item)

    def note(self, text: str) -> None:
        """Show a note of the client, which must be safe to print."""
        self._shown.append(Note(text))

    def show_own_line(self, item: OwnLine) -> None:
        """Show a line that the user typed, after the prompt in which it was typed."""
        has_label = item.room and len(self._joined) != 1
        label = self.name(item.room) if has_label else ""
        self._shown.append(Labelled(item, label) if label else item)

    def show_message(self, item: ChatMessage) -> None:
        """Show a message or a notice, or keep it until the user switches."""
        room = self._joined.get(item.room)
        self._add_name(item, room)
        is_other_room = room is not None and room is not self._joined.current
        if room is not None and is_other_room and self._display is RoomDisplay.CURRENT:
            self._keep(item, room)
        else:
            self.show(item, item.room)

    def show_answer(self, item: Answer) -> None:
        """Show an answer; a row of another room names it."""
        rows = tuple(map(self._labelled_row, item.rows))
        self.show(item._replace(rows=rows), item.room)

    def show_switch(self, room: Room) -> None:
        """Show what is unread in *room*, which has become the current one."""
        if self._display is not RoomDisplay.CURRENT:
            return
        block, room.unread = room.unread.block, Unread()
        if block.unread:
            self.note(notes.unread_heading(room.label, block))
        self._shown += block.items
        self._shown.append(Divider(room.label))

    def _keep(self, item: ChatMessage, room: Room) -> None:
        """Keep a message of another room; show it too if it is for the user."""
        if item.source == SERVER:
            if not isinstance(notice(item.text), Joined | Left):
                self._joined.keep(room, item, is_counted=False)
            return
        own_name = self._own_name()
        is_own = item.source == own_name
        is_mention = not is_own and mentions(item.text, own_name)
        self._joined.keep(room, item, is_counted=not is_own)
        room.unread.is_mentioned |= is_mention
        if room.is_direct or is_mention:
            self.show(item, item.room)

    def _label(self, name: str) -> str:
        """Return what to show in front of an item of a room; "" for nothing."""
        if not name or self.is_exact:
            return ""
        room = self._joined.get(name)
        if room is None:
            label = self.name(name)
            return "" if label == UNKNOWN_DIRECT else label
        if self._display is RoomDisplay.CURRENT:
            is_clear = room is self._joined.current
        else:
            is_clear = not self._labels_all and not room.is_direct
        return "" if is_clear else room.label

    def _labelled_row(self, row: AnswerRow) -> AnswerRow:
        if not row.room:
            return row
        return row._replace(prefix=f"{self.name(row.room)} {row.prefix}")

    def _add_name(self, item: ChatMessage, room: Room | None) -> None:
        """Add the names in *item* to those that Tab completes in its room."""
        if room is not None:
            room.names.add_from_message(item.source, item.text)
        elif item.source == SERVER and isinstance(notice(item.text), Renamed):
            for each in self._joined.rooms:  # a rename concerns all rooms
                each.names.add_from_message(item.source, item.text)
