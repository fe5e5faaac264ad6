"""The rooms: which are open, what was said in them last, and who is in them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Final

from ..events import (
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
    SessionId,
    User,
    Users,
    person_of,
)
from ..names.room_names import room_conflict_keys
from ..order_rules import owner_of
from ..roles import Role
from ..storage import StoredRoom
from .roster import sorted_users, user_pages
from .sessions import Session, Sessions

LOBBY_NUMBER: Final = 1

RoleOf = Callable[[AccountNumber, "Room"], Role]
"""Returns the role of an account in a room; 0 is a guest."""


class Room:
    """A named place with a history and members.

    *number* is unique among all rooms that there were. A room is closed if nobody has
    used it for a while; it keeps its history and its last *sequence*.
    """

    __slots__ = (
        "_count",
        "_pages",
        "_users",
        "is_locked",
        "is_open",
        "is_private",
        "keys",
        "members",
        "name",
        "number",
        "pair",
        "roles",
        "sequence",
        "shown",
        "slow",
        "spoke",
        "topic",
    )

    def __init__(self, name: RoomName, number: int, sequence: int = 0) -> None:
        self.name, self.number = name, number
        self.sequence = sequence  # of the last message
        self.topic = ""
        self.keys: tuple[str, ...] = ()  # the conflict keys of its name
        self.is_open = True
        self.members: dict[SessionId, float] = {}  # since when, as wall time
        self.pair: tuple[PersonId, PersonId] | None = None  # of a direct room
        self.roles: dict[AccountNumber, Role] = {}  # of owners and moderators
        self.is_locked = False  # only moderators may speak
        self.is_private = False  # only those who are invited may enter
        self.slow = 0  # seconds between two messages of one person
        self.spoke: dict[PersonId, float] = {}  # when they spoke last, if it is slow
        # Those of the pair who know of it, unless it is kept: then it is one of the
        # rooms of their accounts.
        self.shown: tuple[PersonId, ...] = ()
        self._count: int | None = None  # of people
        self._users: tuple[User, ...] | None = None
        self._pages: tuple[Users, ...] | None = None

    @classmethod
    def from_stored(cls, stored: StoredRoom) -> "Room":
        """Return a room as the store has it."""
        room = cls(stored.name, stored.number, stored.sequence)
        room.topic, room.is_open = stored.topic, stored.is_open
        room.roles = dict(stored.roles)
        room.is_locked, room.slow = stored.is_locked, stored.slow
        room.is_private = stored.is_private
        if stored.pair is not None:
            one, other = stored.pair
            room.pair = person_of(one), person_of(other)
        elif stored.is_open:
            room.keys = room_conflict_keys(stored.name)
        return room

    @classmethod
    def lobby(cls) -> "Room":
        """Return the lobby of a chat in which nothing was said yet."""
        return cls.from_stored(StoredRoom(LOBBY, LOBBY_NUMBER, 0))

    @property
    def is_owned(self) -> bool:
        """Whether it belongs to somebody."""
        return self.owner != 0

    @property
    def owner(self) -> AccountNumber:
        """The account to which it belongs, or 0."""
        return owner_of(self.roles)

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it."""
        return self.pair is None and not self.is_private

    @property
    def is_direct(self) -> bool:
        """Whether it is a conversation of two, which is not listed."""
        return self.pair is not None

    @property
    def is_kept(self) -> bool:
        """Whether its messages are stored: it is public, or both have an account."""
        return self.pair is None or max(self.pair) < 0

    def partner(self, person: PersonId) -> PersonId:
        """Return the other one of a direct room."""
        assert self.pair is not None
        one, other = self.pair
        return other if person == one else one

    def add(self, session: SessionId, since: float) -> None:
        """Add a member."""
        self.members[session] = since
        self.forget_users()

    def remove(self, session: SessionId) -> None:
        """Remove a member."""
        del self.members[session]
        self.forget_users()

    def spoke_as(self, person: PersonId, account: PersonId) -> None:
        """Note that somebody who has spoken has an account now, and has to wait on."""
        if (time := self.spoke.pop(person, None)) is not None:
            self.spoke[account] = max(time, self.spoke.pop(account, time))

    def forget_users(self) -> None:
        """List the users again: one has come or gone, or has another name or role."""
        self._users = self._pages = self._count = None

    def count_users(self, sessions: Sessions) -> int:
        """Return the number of users: of people, who may have several sessions."""
        if self._count is None:
            self._count = len({sessions[each].person for each in self.members})
        return self._count

    def users(self, sessions: Sessions, role_of: RoleOf) -> tuple[User, ...]:
        """Return the users, sorted by name: each person once, since the first time."""
        if self._users is None:
            people: dict[PersonId, User] = {}
            for id_, since in self.members.items():
                session = sessions[id_]
                known = people.get(session.person)
                if known is None or since < known.since:
                    role = role_of(session.account, self)
                    people[session.person] = User(session.name, since, role)
            self._users = sorted_users(people.values())
        return self._users

    def is_present(self, person: PersonId, sessions: Sessions) -> bool:
        """Return whether a person is a member, by any session."""
        return any(each.id in self.members for each in sessions.of(person))

    def user_pages(self, sessions: Sessions, role_of: RoleOf) -> tuple[Users, ...]:
        """Return the events that list the users, made once until a user changes."""
        if self._pages is None:
            self._pages = user_pages(self.name, self.users(sessions, role_of))
        return self._pages


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
