"""A room: whether it is open, what was said in it last, and who is in it."""

from collections.abc import Callable
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
from .sessions import Sessions

LOBBY_NUMBER: Final = 1

Speaker = PersonId | str
"""A person who has spoken, or the token or the network of a guest."""

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
        self.spoke: dict[Speaker, float] = {}  # when they spoke last, if it is slow
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
