"""Events about rooms and their users, and how far these have read."""

from ..roles import Role
from .ids import LOBBY, RoomName
from .value import Value


class Joined(Value, frozen=True, gc=False):
    """A member joined; *role* is as in `User`."""

    room: RoomName
    name: str
    role: Role = Role.GUEST


class Left(Value, frozen=True, gc=False):
    """A member left; *is_own* marks the event that the member itself receives."""

    room: RoomName
    name: str
    reason: str
    is_own: bool = False


class Renamed(Value, frozen=True, gc=False):
    """A member changed its name from *name* to *to*; *role* is as in `User`.

    Each room of the member gets its own event. If the member is in no room, *room* is
    None, and only the member receives the event.
    """

    room: RoomName | None
    name: str
    to: str
    role: Role = Role.GUEST


class RoleChanged(Value, frozen=True, gc=False):
    """The user called *name* now has another *role*, as in `User`."""

    room: RoomName
    name: str
    role: Role


class StorageFailed(Value, frozen=True, gc=False):
    """The server cannot record messages, and refuses new ones."""

    room: RoomName
    reason: str


class StorageRecovered(Value, frozen=True, gc=False):
    """The server records messages again."""

    room: RoomName


class TopicChanged(Value, frozen=True, gc=False):
    """The member called *by* set the topic of a room; it may be empty.

    *by* is empty for the operator.
    """

    room: RoomName
    topic: str
    by: str


class RoomInfo(Value, frozen=True, gc=False):
    """A room that a session is in: the first event about it.

    *partner* is the other user of a direct room; if the room *is_one_way*, that user
    receives messages and cannot answer. The messages of a room that *is_kept* are in
    the history. *role* is the one that the user has in the room, apart from the one on
    the server. In a room that *is_locked* only moderators speak; *slow* is as in
    `RoomSet`. Only invited users may enter one that *is_private*. *reading* is how far
    the account of the session has read the room, if it is in it.
    """

    room: RoomName
    epoch: str
    sequence: int
    is_recovered: bool
    topic: str = ""
    partner: str | None = None
    is_kept: bool = True
    role: Role = Role.MEMBER
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False
    reading: "Reading | None" = None
    is_one_way: bool = False


class Reading(Value, frozen=True, gc=False):
    """How far an account has read a room: up to *sequence*.

    *unread* is the number of sequences after it, and *mentions* how many recent
    messages there have the name of the account (`sessions.read_positions`).
    """

    sequence: int
    unread: int
    mentions: int


class ReadMoved(Value, frozen=True, gc=False):
    """The account of a session has read a room further, by another session."""

    room: RoomName
    reading: Reading


class RoomClosed(Value, frozen=True, gc=False):
    """A room is over, or somebody must not hear it any more; no event of it follows.

    The *code* is that of a ban, or empty.
    """

    room: RoomName
    reason: str
    code: str = ""


class ListedRoom(Value, frozen=True, gc=False):
    """An open room, and the number of its users."""

    room: RoomName
    topic: str
    users: int
    is_private: bool = False


class RoomList(Value, frozen=True, gc=False):
    """Open rooms, sorted by name; *has_more* is true if others follow."""

    rooms: tuple[ListedRoom, ...]
    has_more: bool


class User(Value, frozen=True, gc=False):
    """A user in the room, *since* a wall time in seconds since 1970.

    *role* is that in the room, or that on the server if it is higher.
    """

    name: str
    since: float
    role: Role = Role.GUEST


class Users(Value, frozen=True, gc=False):
    """A page of the *total* users, sorted by name; *first* counts from 1."""

    room: RoomName
    users: tuple[User, ...]
    first: int
    total: int


class Snapshot(Value, frozen=True, gc=False):
    """The users of a room, sorted by name, and its last delivered message.

    The cursor of a client that has read everything is (*epoch*, *sequence*). A room
    that is not open has no users.
    """

    users: tuple[User, ...]
    epoch: str
    sequence: int
    room: RoomName = LOBBY
    topic: str = ""
    is_open: bool = True
    is_private: bool = False
