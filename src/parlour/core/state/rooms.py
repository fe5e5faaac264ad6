"""All rooms of the state, and what finds one of them."""

from collections import Counter
from collections.abc import Collection, Iterator

from ..events import AccountNumber, PersonId, RoomName
from ..roles import Role
from .room import LOBBY_NUMBER, Room
from .sessions import Session


class Rooms:
    """All rooms by name, also those that are closed, and the pairs of direct rooms."""

    def __init__(self) -> None:
        self._rooms: dict[RoomName, Room] = {}
        self._owners: dict[str, RoomName] = {}  # of conflict keys, of open rooms
        self._pairs: dict[tuple[PersonId, PersonId], RoomName] = {}
        self._direct_shown = Counter[PersonId]()  # direct rooms, without zeros
        self._named: dict[RoomName, Room] = {}
        self._listable: dict[RoomName, Room] = {}
        self._owned: dict[AccountNumber, dict[RoomName, Room]] = {}  # by owner
        self.last_number = LOBBY_NUMBER
        self.kept_direct_count = 0
        """Direct rooms that are kept, open or closed."""

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def __getitem__(self, name: RoomName) -> Room:
        return self._rooms[name]

    def get(self, name: RoomName) -> Room | None:
        """Return the room called *name*, open or closed, or None."""
        return self._rooms.get(name)

    def head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room; 0 if there is none."""
        room = self._rooms.get(name)
        return 0 if room is None else room.sequence

    def get_open(self, name: RoomName) -> Room | None:
        """Return the open room called *name*, or None."""
        room = self._rooms.get(name)
        return room if room is not None and room.is_open else None

    @property
    def named(self) -> Collection[Room]:
        """The rooms that are not direct, open or closed."""
        return self._named.values()

    @property
    def listable(self) -> Collection[Room]:
        """The open rooms that are not direct: only these are ever listed."""
        return self._listable.values()

    @property
    def open_count(self) -> int:
        """Open rooms that are not direct."""
        return len(self._listable)

    @property
    def known_count(self) -> int:
        """Rooms that are not direct, open or closed."""
        return len(self._named)

    @property
    def direct_count(self) -> int:
        """Direct rooms that are not kept."""
        return len(self._pairs) - self.kept_direct_count

    def direct_count_of(self, person: PersonId) -> int:
        """Return the number of direct rooms, not kept, that a person knows of."""
        return self._direct_shown[person]

    def show(self, room: Room, person: PersonId) -> None:
        """Record that one of the pair of a direct room knows of it from now on."""
        room.shown += (person,)
        self._direct_shown[person] += 1

    def of_pair(self, one: PersonId, other: PersonId) -> Room | None:
        """Return the direct room of two people, or None."""
        name = self._pairs.get(_pair(one, other))
        return None if name is None else self._rooms[name]

    def conflicting(self, name: RoomName, keys: tuple[str, ...]) -> list["Room"]:
        """Return the other open rooms whose names look like this one."""
        found = dict.fromkeys(self._owners.get(key, name) for key in keys)
        return [self._rooms[each] for each in found if each != name]

    def of_owner(self, owner: AccountNumber) -> Collection[Room]:
        """Return the rooms that belong to an account, open or closed."""
        return self._owned.get(owner, {}).values()

    def set_roles(self, room: Room, roles: dict[AccountNumber, Role]) -> None:
        """Change the roles in a room, which may then belong to somebody else."""
        self._disown(room)
        room.roles = roles
        self._own(room)

    def forget_users_with(self, session: Session) -> None:
        """List the users of a session's rooms again: its name or role has changed."""
        for name in session.rooms:
            self._rooms[name].forget_users()

    def next_number(self) -> int:
        """Return the number of a new room."""
        self.last_number += 1
        return self.last_number

    def add(self, room: Room) -> None:
        """Add a room that was loaded, or that is new."""
        self._rooms[room.name] = room
        self.last_number = max(self.last_number, room.number)
        if room.pair is not None:
            self._pairs[_pair(*room.pair)] = room.name
            self._direct_shown.update(room.shown)
            self.kept_direct_count += room.is_kept
            return
        self._named[room.name] = room
        self._own(room)
        if room.is_open:
            self._list(room)

    def open(self, room: Room, keys: tuple[str, ...]) -> None:
        """Open a closed room again."""
        room.is_open, room.keys = True, keys
        if room.pair is None:
            self._list(room)

    def close(self, room: Room) -> None:
        """Close a room without members; forget one in which nothing was said."""
        for key in room.keys:
            del self._owners[key]
        room.keys = ()
        room.is_open = False
        if room.pair is not None:
            if room.is_kept and room.sequence:
                return
            del self._pairs[_pair(*room.pair)], self._rooms[room.name]
            self.kept_direct_count -= room.is_kept
            for each in room.shown:
                self._direct_shown[each] -= 1
                if not self._direct_shown[each]:
                    del self._direct_shown[each]
            return
        del self._listable[room.name]
        if not room.sequence:
            self._disown(room)
            del self._rooms[room.name], self._named[room.name]

    def _own(self, room: Room) -> None:
        if owner := room.owner:
            self._owned.setdefault(owner, {})[room.name] = room

    def _disown(self, room: Room) -> None:
        if owner := room.owner:
            del self._owned[owner][room.name]
            if not self._owned[owner]:
                del self._owned[owner]

    def _list(self, room: Room) -> None:
        """List an open room. Of its keys it has those that no other room has."""
        owners = self._owners
        free = [each for each in dict.fromkeys(room.keys) if each not in owners]
        room.keys = tuple(free)
        owners.update(dict.fromkeys(free, room.name))
        self._listable[room.name] = room


def _pair(one: PersonId, other: PersonId) -> tuple[PersonId, PersonId]:
    return (one, other) if one < other else (other, one)
