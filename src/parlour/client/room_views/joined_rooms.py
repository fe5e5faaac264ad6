"""The rooms that the client is in, in the order of entering, and the current one.

The current room is the one that the user sees and writes to. Pure.
"""

from dataclasses import dataclass, field
from typing import Final

from parlour.core.events import is_direct_room

from ..protocol.display_items import ChatMessage
from ..protocol.queued_request import is_same_name
from ..protocol.rooms import DIRECT_SIGIL, MAX_ROOMS, SIGIL, folded
from ..terminal.completion import KnownNames
from .labels import room_label
from .unread import MAX_TOTAL_SIZE, Unread

MAX_FORMER: Final = 200  # direct rooms that were left, whose labels are kept


@dataclass(slots=True, eq=False)
class Room:
    """A room that the client is in."""

    name: str  # on the wire
    other: str = ""  # the other user of a direct room
    title: str = ""  # the name to show, if it is not the one on the wire
    topic: str = ""
    is_private: bool = False
    is_one_way: bool = False  # the other user cannot answer
    is_over: bool = False  # the user still sees it, but is not in it any more
    removal: str = ""  # why a moderator has removed the user, if it is over by that
    names: KnownNames = field(default_factory=KnownNames)
    unread: Unread = field(default_factory=Unread)

    @property
    def label(self) -> str:
        """The room's name on the screen."""
        return room_label(self.title or self.name, self.other)

    @property
    def is_typeable(self) -> bool:
        """Whether the label shows the name unchanged, so that it can be typed."""
        return self.label[1:] == (self.other or self.title or self.name)

    @property
    def is_direct(self) -> bool:
        """Whether it is a direct room of two users."""
        return bool(self.other)

    @property
    def for_you(self) -> int:
        """The unread messages for the user: mentions, and all of a direct room."""
        return self.unread.count if self.is_direct else self.unread.mentions


class JoinedRooms:
    """The rooms, of which one is current, unless there is none at all."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._rooms: dict[str, Room] = {}  # by name
        self._recent: list[Room] = []  # the current room last, before it the last ones
        self._former: dict[str, str] = {}  # labels of direct rooms that were left
        for name in names[:MAX_ROOMS]:
            self.enter(name)

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def rooms(self) -> tuple[Room, ...]:
        """All rooms, in the order of entering."""
        return tuple(self._rooms.values())

    @property
    def current(self) -> Room | None:
        """The room that the user sees and writes to."""
        return self._recent[-1] if self._recent else None

    def get(self, name: str) -> Room | None:
        """Return the room called *name* on the wire, if the client is in it."""
        return self._rooms.get(name)

    def enter(self, name: str) -> Room | None:
        """Add the room *name*, or return it; None if there are too many rooms."""
        if (found := self.get(name)) is not None:
            found.is_over, found.removal = False, ""
            return found
        if sum(not each.is_over for each in self._rooms.values()) >= MAX_ROOMS:
            return None
        room = self._rooms[name] = Room(name)
        self._recent.insert(0, room)  # the current room stays current
        return room

    def leave(self, name: str) -> Room | None:
        """Remove and return the room *name*; the last current one is current again."""
        if (room := self._rooms.pop(name, None)) is not None:
            self._recent.remove(room)
            self._keep_label(room)
        return room

    def _keep_label(self, room: Room) -> None:
        """Keep the label of a direct room: errors about its lines may follow."""
        self._former.pop(room.name, None)
        if is_direct_room(room.name):
            self._former[room.name] = room.label
        if len(self._former) > MAX_FORMER:
            del self._former[next(iter(self._former))]

    def former_label(self, name: str) -> str:
        """Return the label of the direct room *name* that was left, or ""."""
        return self._former.get(name, "")

    def select(self, room: Room) -> None:
        """Make *room* the current one. One that is over disappears."""
        before = self.current
        self._recent.remove(room)
        self._recent.append(room)
        if before is not None and before.is_over and before is not room:
            self.leave(before.name)

    def find(self, target: str) -> Room | None:
        """Return the room that a user means by *target*.

        It is the number of a room, counted from 1, or the name of a room or of the
        other user of a direct room, with or without its sign.
        """
        if target.isascii() and target.isdecimal():
            number = int(target) if len(target) <= len(str(MAX_ROOMS)) else 0
            if 1 <= number <= len(self._rooms):
                return self.rooms[number - 1]
        ordered = sorted(self.rooms, key=_rank)
        return next((room for room in ordered if _is_meant(room, target)), None)

    def next_unread(self) -> Room | None:
        """Return the next room with unread messages; direct rooms come first."""
        rooms = self.rooms
        at = rooms.index(self.current) + 1 if self.current is not None else 0
        ordered = [*rooms[at:], *rooms[:at]]
        unread = [room for room in ordered if room.unread.count]
        unread.sort(key=_is_ordinary)
        return unread[0] if unread else None

    def keep(self, room: Room, item: ChatMessage, *, is_counted: bool) -> None:
        """Keep an unread item, within the bounds of all rooms together."""
        room.unread.add(item, is_counted=is_counted)
        while sum(each.unread.size for each in self.rooms) > MAX_TOTAL_SIZE:
            max(self.rooms, key=_kept_size).unread.drop_oldest()


def _is_meant(room: Room, target: str) -> bool:
    if room.is_direct:
        name = target.removeprefix(DIRECT_SIGIL)
        return not target.startswith(SIGIL) and is_same_name(name, room.other)
    is_direct = target.startswith(DIRECT_SIGIL)
    names = {room.name, folded(room.title or room.name)}
    return not is_direct and folded(target) in names


def _rank(room: Room) -> tuple[bool, bool]:
    """Return the place among rooms of one name: ordinary rooms come first."""
    return room.is_over, room.is_direct


def _is_ordinary(room: Room) -> bool:
    return not room.is_direct


def _kept_size(room: Room) -> int:
    return room.unread.size
