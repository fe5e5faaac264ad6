"""The rooms that the client is in, or wants to be in."""

import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final

from parlour.core.events import LOBBY

from .cursor import HistoryCursor
from .unnumbered import Unnumbered

MAX_ROOMS: Final = 200  # a Parlour server allows 100, and 100 direct ones
SIGIL: Final = "#"
"""The character before the name of a room where it is shown. It is never sent."""

DIRECT_SIGIL: Final = "@"
"""The character before the name of the other user of a direct room."""

ONE_ROOM: Final = "this server has one room"

_WIDTHS: Final = ("<wide>", "<narrow>")


class Membership(Enum):
    """What the client is in a room, on the current connection."""

    WANTED = auto()  # hello asks for the room, which is not shown as entered
    AWAY = auto()  # entered on an earlier connection; hello asks for it again
    ENTERED = auto()  # the events of the room are received


class Room:
    """A room, over one connection after another."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cursor = HistoryCursor()
        self.membership = Membership.WANTED
        self.other = ""  # the other user of a direct room
        self.is_replayed = False  # the server sends all messages after the cursor
        self.awaits_gap = False  # the server reports a gap before the next message
        self.was_resumed = False  # hello contained the cursor of this room
        self.unnumbered = Unnumbered()  # messages that were shown in the plain dialect
        self.last_sequence = 0  # when it was entered; 0 after the client's own join
        self.messages_replayed = 0  # of those sent before it was entered
        self.read: int | None = None  # how far the account has read; None: unknown
        self.read_before = 0  # that, when the room was entered first
        self.last_stored = 0  # the sequence of the client's own last line
        self.may_tell_at = 0.0  # the time of the next line about it (`read_marks`)

    @property
    def is_caught_up(self) -> bool:
        """Whether all messages from before the entry on this connection arrived."""
        if self.membership is not Membership.ENTERED or self.awaits_gap:
            return False
        position = self.cursor.position
        return position is not None and position.sequence >= self.last_sequence

    @property
    def is_unread(self) -> bool:
        """Whether messages arrived that the account has not read, if it is known."""
        position, read = self.cursor.position, self.read
        return position is not None and read is not None and position.sequence > read

    @property
    def is_uncertain(self) -> bool:
        """Whether it is a direct room that may be over, until hello is answered."""
        return bool(self.other) and self.membership is Membership.AWAY


class Rooms:
    """The rooms by name, in the order of entry; at most :data:`MAX_ROOMS`."""

    def __init__(self, wanted: Iterable[str] = (LOBBY,)) -> None:
        self._rooms: dict[str, Room] = {}
        for name in wanted:
            self.add(folded(name))
        self.wants_others = any(name != LOBBY for name in self._rooms)
        """Whether the client is to enter other rooms than the lobby."""
        self.was_supported = False  # a server with rooms has welcomed the client
        self.begin()

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    def begin(self) -> None:
        """Start on a new connection: no room is entered yet."""
        self.is_single = False
        """Whether the server has one room, the lobby, as plain servers do."""
        for room in self._rooms.values():
            room.awaits_gap = False
            position = room.cursor.position
            room.unnumbered.begin(None if position is None else position.sequence)
            if room.membership is Membership.ENTERED:
                room.membership = Membership.AWAY

    @property
    def needs_support(self) -> bool:
        """Whether the client wants other rooms, and no server had any so far."""
        return self.wants_others and not self.was_supported

    @property
    def lacks_support(self) -> bool:
        """Whether the client wants other rooms than any server had so far."""
        return self.is_single and self.needs_support

    def find(self, name: str) -> Room | None:
        """Return the room called *name*, entered or not."""
        return self._rooms.get(name)

    def find_entered(self, name: str) -> Room | None:
        """Return the room called *name* if it is entered on this connection."""
        room = self._rooms.get(name)
        is_entered = room is not None and room.membership is Membership.ENTERED
        return room if is_entered else None

    def add(self, name: str) -> Room | None:
        """Return the room called *name*, a new one if necessary; None if too many."""
        if name not in self._rooms:
            if len(self._rooms) >= MAX_ROOMS:
                return None
            self._rooms[name] = Room(name)
        return self._rooms[name]

    def remove(self, name: str) -> None:
        """Forget a room, including its cursor."""
        self._rooms.pop(name, None)


def title_of(name: str, other: str = "") -> str:
    """Return a room as notes name it: ``#dev``, or ``@bob`` for a direct one."""
    if other:
        return f"{DIRECT_SIGIL}{' '.join(other.split())}"
    return f"{SIGIL}{name}"


def folded(name: str) -> str:
    """Return the name of a room as a server writes it, for one that a user typed.

    A server maps it by PRECIS UsernameCaseMapped (RFC 8265): width, case and NFC. An
    invalid name stays invalid.
    """
    narrow = "".join(map(_without_width, name.strip().removeprefix(SIGIL)))
    return unicodedata.normalize("NFC", narrow.lower())


def _without_width(char: str) -> str:
    """Return the ordinary character for a wide or narrow one (RFC 8264, 5.2.1)."""
    kind, *codes = unicodedata.decomposition(char).split() or [""]
    if kind not in _WIDTHS:
        return char
    return "".join(chr(int(code, 16)) for code in codes)
