"""Items that wait while a line is typed; many of one room become a count. Pure."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Final

from parlour.core.events import LOBBY, SERVER, Joined

from ...protocol.display_items import ChatMessage, Note, OwnLine
from ...protocol.notices import notice
from ..shown_items import Divider, Labelled, ShownItem, unlabelled

MAX_SPOKEN: Final = 5  # messages of a room that are shown together; more are counted
MAX_MENTIONS: Final = 20  # messages for the user that are shown together
MAX_ITEMS: Final = 100  # other items that are shown together
MAX_TYPED: Final = 100  # own lines that the server may still send back


class HeldItems:
    """The items that are shown next.

    What was said already is left out: an own line that the server sends back is where
    it was typed, and a note says which room is entered. What the user asked for is
    never counted instead of shown.
    """

    def __init__(self) -> None:
        self._items: list[ShownItem] = []
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
            if self._is_wanted(each, own_name):
                self._items.append(each)

    def take(self) -> list[ShownItem]:
        """Return what to show, and forget it."""
        counted = {room for room, n in self._messages.items() if n > MAX_SPOKEN}
        found = [each for each in self._items if _counted_room(each) not in counted]
        for room in counted:
            count, where = self._messages[room], self._labels[room]
            again = f"/last {count}"
            found.append(Note(f"{count:,} new messages{where}. {again} shows them"))
        if self._notices > MAX_SPOKEN:
            found.append(Note(f"{self._notices:,} notices of the server"))
        self._items, self._labels = [], {}
        self._messages.clear()
        self._notices = self._mentions = self._others = 0
        return found

    def _is_wanted(self, shown: ShownItem, own_name: str) -> bool:
        """Return whether an item is kept, and not only counted or left out."""
        item, label, is_mention = unlabelled(shown)
        if isinstance(item, OwnLine) and item.is_message:
            self._typed.append((item.room, item.text.strip()))
        if isinstance(item, Divider):
            last = unlabelled(self._items[-1])[0] if self._items else None
            return not (isinstance(last, Note) and _names(last.text, item.label))
        if not isinstance(item, ChatMessage) or _is_asked(shown):
            return True
        if item.source == own_name and self._is_typed(item):
            return False
        if self._is_own_entry(item, own_name):
            return False
        if item.source == SERVER:
            self._notices += 1
            return self._notices <= MAX_SPOKEN
        if is_mention:
            self._mentions += 1
            return self._mentions <= MAX_MENTIONS
        self._messages[item.room] += 1
        self._labels[item.room] = f" in {label}" if label else ""
        return self._messages[item.room] <= MAX_SPOKEN

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


def _names(note: str, label: str) -> bool:
    """Return whether a note says that the user is in the room with a *label*."""
    said = f"You are in {label}"
    return note == said or note.startswith((f"{said}:", f"{said},"))


def _is_asked(shown: ShownItem) -> bool:
    return isinstance(shown, Labelled) and shown.is_asked


def _counted_room(shown: ShownItem) -> str | None:
    """Return the room in which an item is counted, or None."""
    item, _, is_mention = unlabelled(shown)
    is_message = isinstance(item, ChatMessage) and item.source != SERVER
    if not isinstance(item, ChatMessage) or not is_message or is_mention:
        return None
    return None if _is_asked(shown) else item.room
