"""Items that wait while a line is typed; many of one room become a count. Pure."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Final

from parlour.core.events import LOBBY, SERVER, Joined

from ...protocol.display_items import ChatMessage, Note, OwnLine
from ...protocol.notices import notice
from ..shown_items import Divider, Entered, Labelled, ShownItem, unlabelled

MAX_SPOKEN: Final = 5  # messages of a room that are shown together; more are counted
MAX_MENTIONS: Final = 20  # messages for the user that are shown together
MAX_OTHERS: Final = 1_000  # rows of anything else that are shown together
MAX_TYPED: Final = 100  # own lines that the server may still send back


class HeldItems:
    """The items that are shown next.

    What was said already is left out: an own line that the server sends back is where
    it was typed, and a note says which room is entered. What the user asked for is
    never counted instead of shown.
    """

    def __init__(self) -> None:
        self._items: list[tuple[ShownItem, str | None]] = []  # the room if counted
        self._messages = Counter[str]()  # by room
        self._labels: dict[str, str] = {}  # by room
        self._notices = self._mentions = self._others = 0
        self._has_entered = False
        self._typed: deque[tuple[str, str]] = deque(maxlen=MAX_TYPED)  # room and text

    def __len__(self) -> int:
        return len(self._items)

    def add(self, items: Sequence[ShownItem], own_name: str) -> None:
        """Add items; *own_name* is the name of the user."""
        for each in items:
            if not self._is_known(each, own_name):
                self._add(each)

    def take(self) -> list[ShownItem]:
        """Return what to show, and forget it."""
        counts = {room: n for room, n in self._messages.items() if n > MAX_SPOKEN}
        found = [item for item, room in self._items if room not in counts]
        for room, count in counts.items():
            where, again = self._labels[room], f"/last {count}"
            found.append(Note(f"{count:,} new messages{where}. {again} shows them"))
        if self._mentions > MAX_MENTIONS:
            found.append(Note(f"{self._mentions:,} messages are for you: /last"))
        if self._notices > MAX_SPOKEN:
            found.append(Note(f"{self._notices:,} notices of the server"))
        if self._others > MAX_OTHERS:
            found.append(Note(f"{self._others - MAX_OTHERS:,} more rows are left out"))
        self._items, self._labels = [], {}
        self._messages.clear()
        self._notices = self._mentions = self._others = 0
        return found

    def _add(self, shown: ShownItem) -> None:
        """Keep an item, or only count it."""
        item, label, is_mention = unlabelled(shown)
        room = None
        if not isinstance(item, ChatMessage):
            self._others += 1
            is_kept = self._others <= MAX_OTHERS
        elif isinstance(shown, Labelled) and shown.is_asked:
            is_kept = True
        elif item.source == SERVER:
            self._notices += 1
            is_kept = self._notices <= MAX_SPOKEN
        elif is_mention:
            self._mentions += 1
            is_kept = self._mentions <= MAX_MENTIONS
        else:
            room = item.room
            self._messages[room] += 1
            self._labels[room] = f" in {label}" if label else ""
            is_kept = self._messages[room] <= MAX_SPOKEN
        if is_kept:
            self._items.append((shown, room))

    def _is_known(self, shown: ShownItem, own_name: str) -> bool:
        """Return whether the user knows an item already."""
        item, _, _ = unlabelled(shown)
        if isinstance(item, OwnLine) and item.is_message:
            self._typed.append((item.room, item.text.strip()))
        if isinstance(item, Divider):
            last = unlabelled(self._items[-1][0])[0] if self._items else None
            return isinstance(last, Entered) and last.label == item.label
        if not isinstance(item, ChatMessage):
            return False
        if isinstance(shown, Labelled) and shown.is_asked:
            return False
        is_own = item.source == own_name and self._is_typed(item)
        return is_own or self._is_own_entry(item, own_name)

    def _is_own_entry(self, item: ChatMessage, own_name: str) -> bool:
        """Return whether the server says that the user has entered another room.

        A note of the client says so as well.
        """
        event = notice(item.text) if item.source == SERVER else None
        if not isinstance(event, Joined) or event.name != own_name:
            return False
        was_entered, self._has_entered = self._has_entered, True
        return was_entered

    def _is_typed(self, item: ChatMessage) -> bool:
        """Return whether a message is a line that the user has typed, once for each."""
        for line in ((item.room, item.text.strip()), (LOBBY, item.text.strip())):
            if line in self._typed:
                self._typed.remove(line)
                return True
        return False
