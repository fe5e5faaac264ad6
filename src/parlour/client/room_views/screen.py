"""What is shown of the rooms now, and what is kept until the user switches. Pure.

At a prompt, the current room is shown as it is, while messages of other rooms are
counted and kept. Elsewhere everything is shown, with its room in front as soon as there
is more than one.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from parlour.core.events import SERVER, Joined, Left
from parlour.core.names.mentions import mentions

from ..protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    DisplayItem,
    Note,
    OwnLine,
    Refusal,
    RefusedLine,
    WholeMessage,
)
from ..protocol.local_commands import ClearScreen, SetBell
from ..protocol.notices import notice
from ..terminal.shown_items import Divider, DividerKind, Entered, Labelled, ShownItem
from . import notes
from .joined_rooms import JoinedRooms, Room
from .labels import UNKNOWN_DIRECT, room_label
from .recall import Recall
from .unread import Unread

MAX_WORDS: Final = 64  # that mark a message


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
        self._recall = Recall()
        self._words: dict[str, None] = {}  # that mark a message, besides the own name
        self._bell = "on"
        self.missing = ""
        """The current room, if it has unread messages that only the server has."""

    @property
    def is_exact(self) -> bool:
        """Whether programs read it, so that only what the server sends is shown."""
        return self._display is RoomDisplay.EXACT

    @property
    def shows_all(self) -> bool:
        """Whether the messages of all rooms are shown at once."""
        return self._display is RoomDisplay.ALL

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

    def tell(self, item: Answer | ChatMessage | Refusal | Note, room: str = "") -> None:
        """Show *item* to people. A program gets what the server sends instead."""
        if not self.is_exact:
            self.show(item, room)

    def note(self, text: str, *, is_heading: bool = False) -> None:
        """Show a note of the client, which must be safe to print."""
        self._shown.append(Note(text, is_heading=is_heading))

    def show_entered(self, entered: Entered) -> None:
        """Show to people that the user has entered a room."""
        if not self.is_exact:
            self._shown.append(entered)

    def show_own_line(self, item: OwnLine | RefusedLine) -> None:
        """Show a line that the user typed, after the prompt in which it was typed."""
        has_label = item.room and len(self._joined) != 1
        label = self.name(item.room) if has_label else ""
        self._shown.append(Labelled(item, label) if label else item)

    def show_message(self, item: ChatMessage) -> None:
        """Show a message or a notice, or keep it until the user switches."""
        room = self._joined.get(item.room)
        if room is not None:
            room.names.add_from_message(item.source, item.text)
        if item.source != SERVER and not self.is_exact:
            self._recall.add(item)
        if self._display is not RoomDisplay.CURRENT:
            self.show(item, item.room)
            return
        if room is not None and room is not self._joined.current:
            self._keep(item, room)
        elif self._is_mention(item):
            self._show_mention(item)
        else:
            self.show(item, item.room)

    def _show_mention(self, item: ChatMessage) -> None:
        """Show a message for the user: it mentions them, or is from a direct room."""
        self._shown.append(Labelled(item, self._label(item.room), is_mention=True))

    def _is_mention(self, item: ChatMessage) -> bool:
        own_name = self._own_name()
        if item.source in (SERVER, own_name):
            return False
        words = (own_name, *self._words)
        return any(mentions(item.text, word) for word in words)

    def forget_text(self, room: str, sequence: int) -> None:
        """Forget the text of a message that was erased, and is not printed yet."""
        self._recall.erase(room, sequence)
        if (found := self._joined.get(room)) is not None:
            found.unread.erase(sequence)

    def show_live(self, room: str) -> None:
        """Show that what follows in *room* is said now, if it is the current one."""
        current = self._joined.current
        is_shown = self._display is RoomDisplay.CURRENT
        if is_shown and current is not None and current.name == room:
            self._shown.append(Divider(notes.LIVE, DividerKind.LIVE))

    def show_new_since(self, room: str, time: str) -> None:
        """Show that what follows in *room* is new, if it is the current one."""
        current = self._joined.current
        is_shown = self._display is RoomDisplay.CURRENT
        if is_shown and current is not None and current.name == room:
            self._shown.append(Divider(notes.new_since(time), DividerKind.NEW))

    def show_last(self, room: str, limit: int) -> None:
        """Show the last messages of *room* again."""
        found = self._recall.last(room, limit)
        self.note(notes.last_heading(len(found), self.name(room)))
        self._shown += [
            Labelled(message, self._label(room), is_asked=True) for message in found
        ]
        if found:
            self.show_live(room)

    def show_whole(self, room: str, sequence: int) -> None:
        """Show a message of *room* with all of its lines."""
        found = self._recall.find(room, sequence)
        if found is None:
            self.note(notes.not_recalled(sequence))
        else:
            self._shown.append(WholeMessage(found))

    def highlight(self, word: str) -> None:
        """Mark messages with *word* from now on, or no more; then say which words."""
        if word in self._words:
            del self._words[word]
        elif word and len(self._words) < MAX_WORDS:
            self._words[word] = None
        self.note(notes.highlights(self._words))

    def set_bell(self, item: SetBell) -> None:
        """Set when the bell rings, and say when it does."""
        self._bell = item.mode or self._bell
        self._shown.append(SetBell(self._bell))
        self.note(notes.bell(self._bell))

    def clear(self, item: ClearScreen) -> None:
        """Clear the screen."""
        self._shown.append(item)

    def show_answer(self, item: Answer) -> None:
        """Show an answer; a row of another room names it."""
        if not self.is_exact:
            self._recall.add_answer(
                ChatMessage(row.source, row.text, b"", row.time, room, row.sequence)
                for row in item.rows
                if row.sequence and (room := row.room or item.room)
            )
        rows = tuple(map(self._labelled_row, item.rows))
        self.show(item._replace(rows=rows), item.room)

    def show_switch(self, room: Room) -> None:
        """Show what is unread in *room*, which has become the current one."""
        if self._display is not RoomDisplay.CURRENT:
            return
        block, self.missing = room.unread.block, ""
        if room.unread.missing:
            self.missing = room.name
        room.unread = Unread()
        if block.unread:
            self.note(notes.unread_heading(room.label, block), is_heading=True)
        self._shown += [Labelled(item, "", is_asked=True) for item in block.items]
        self._shown.append(Divider(room.label))

    def _keep(self, item: ChatMessage, room: Room) -> None:
        """Keep a message of another room; show it too if it is for the user."""
        if item.source == SERVER:
            if not isinstance(notice(item.text), Joined | Left):
                self._joined.keep(room, item, is_counted=False)
            return
        is_own = item.source == self._own_name()
        is_mention = self._is_mention(item)
        if item.is_of_another_device:  # where the user has read the room
            room.unread = Unread()
        self._joined.keep(room, item, is_counted=not is_own)
        room.unread.mentions += is_mention
        if is_mention or (room.is_direct and not is_own):
            self._show_mention(item)
        elif room.is_direct:
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
