"""Events, which the server sends: those of a room, and those for one session.

A dialect decides how they look on a line. Commands are in `protocol.commands`.
"""

from typing import NewType, Self

import msgspec
from msgspec.structs import replace

from .roles import Role

ConnectionId = NewType("ConnectionId", int)
SessionId = NewType("SessionId", int)
AccountNumber = NewType("AccountNumber", int)
PersonId = NewType("PersonId", int)
RoomName = NewType("RoomName", str)


def person_of(account: AccountNumber) -> PersonId:
    """Return the person who has an account; a guest is the id of its session."""
    return PersonId(-account)


LOBBY = RoomName("lobby")
"""The room that every member joins."""

DIRECT_PREFIX = "direct:"
"""The beginning of the names of direct rooms, which no other room can have."""

SERVER = "[Server]"
"""The source of notices. It is a reserved name."""


class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value: an event, a command, a draft or a query."""

    def replace(self, **changes: object) -> Self:
        """Return a copy with *changes*."""
        return replace(self, **changes)


# Events of a room.


class Message(Value, frozen=True, gc=False):
    """A recorded message; *sequence* is its place in the history of its room.

    *time* is wall time in seconds since 1970, for display only. A message that
    *is_erased* has no text. *account* is that of the author; 0 for a guest, or if it is
    not known. *session* is that of the author, for messages that this server has
    delivered itself; otherwise 0. Clients are not told these two.
    """

    room: RoomName
    sequence: int
    time: float
    source: str
    text: str
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)
    is_erased: bool = False

    def erased(self) -> "Message":
        """Return what is left of the message once it is erased."""
        return self.replace(text="", is_erased=True)


class Erased(Value, frozen=True, gc=False):
    """The message *target* of a room was erased, by somebody called *by*.

    It has a *sequence* and a *time* like a message. *by* is empty for the operator, and
    *name*, the author of the message, if it is not known. If it *is_one_of_many* of one
    author, erased at once, only clients that know erasures hear of it.
    """

    room: RoomName
    sequence: int
    time: float
    target: int
    by: str
    name: str = ""
    is_one_of_many: bool = False


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
    """The member called *by* set the topic of a room; it may be empty."""

    room: RoomName
    topic: str
    by: str


class Acted(Value, frozen=True, gc=False):
    """Somebody called *by* has kept order in a room: *action* is what was done.

    *name* is to whom, and *until* the wall time at which it ends; None if it does not
    end, or does not last. *by* is empty for the operator. A *reason* may be empty.
    """

    room: RoomName
    action: str
    by: str
    name: str = ""
    until: float | None = None
    reason: str = ""


class Announcement(Value, frozen=True, gc=False):
    """An announcement to everybody; *by* is empty for the operator."""

    room: RoomName
    by: str
    text: str


Notice = (Joined | Left | Renamed | StorageFailed | StorageRecovered | TopicChanged) | (
    Acted | Announcement
)

# Events for one session.


class Welcome(Value, frozen=True, gc=False):
    """The answer to `hello`, and the first event in the session dialect.

    *name* is the member's name, or empty if the session only watches. *room* is the
    lobby, for a client that knows no other room, and None for others, which receive a
    `RoomInfo` for each room; somebody who has signed in gets an `AccountInfo` before
    these. *max_line* and *max_text* are the limits in `Limits`.
    """

    name: str
    room: "RoomInfo | None"
    max_line: int
    max_text: int


class Greeting(Value, frozen=True, gc=False):
    """What the operator tells each new session, in one line or more."""

    text: str


class RoomInfo(Value, frozen=True, gc=False):
    """A room that a session is in: the first event about it.

    *sequence* and *is_recovered* are as in `Welcome`. *partner* is the other one of a
    direct room, who shows messages and cannot answer if it *is_one_way*. The messages
    of a room that *is_kept* are in the history. *role* is
    that which the user was given in the room, beside the one on the server. In a room
    that *is_locked* only moderators speak; *slow* is as in `RoomSet`. Only those who
    are invited may enter one that *is_private*. *reading* is how far the account of the
    session has read the room, if it is in it.
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


class IgnoredNames(Value, frozen=True, gc=False):
    """All names that a session ignores, sorted."""

    names: tuple[str, ...]


class AccountInfo(Value, frozen=True, gc=False):
    """The session is signed in to the account called *name*.

    *device* is the number of the device by which it signed in, or 0. *key* is given
    once, when the device is new, and empty otherwise.
    """

    name: str
    role: Role
    device: int = 0
    key: str = ""

    def __repr__(self) -> str:
        """Return a description without the key."""
        return f"<account {self.name!r}, {self.role.name}, device {self.device}>"


class Device(Value, frozen=True, gc=False):
    """A device of the account of a session; *is_current* marks the session's own."""

    number: int
    label: str
    added: float
    is_current: bool
    sessions: int


class Devices(Value, frozen=True, gc=False):
    """All devices of the account, in the order of adding."""

    devices: tuple[Device, ...]


class Stored(Value, frozen=True, gc=False):
    """The acknowledgement of a message that is recorded as *sequence*.

    *id* is the client's id for the message; it may be empty. A message that is not
    *is_kept* was delivered and is not in the history.
    """

    id: str
    room: RoomName
    sequence: int
    is_kept: bool = True


class HistorySummary(Value, frozen=True, gc=False):
    """A heading for the newest *shown* of *total* stored messages, which follow.

    *last_sequence* is the sequence of the last recorded message, stored or expired.
    """

    room: RoomName
    shown: int
    total: int
    last_sequence: int


class HistoryPage(Value, frozen=True, gc=False):
    """Messages of the history, oldest first; those that were erased without a text.

    *has_more* is true if there are further messages in the direction of the request.
    """

    room: RoomName
    messages: tuple[Message, ...]
    has_more: bool


class SearchResults(Value, frozen=True, gc=False):
    """Messages that a search found, oldest first.

    *has_more* is true if there are older ones. *room* is None if several rooms were
    searched.
    """

    room: RoomName | None
    messages: tuple[Message, ...]
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


class Missed(Value, frozen=True, gc=False):
    """A gap: *events* cannot be delivered to this session; None if unknown.

    Every message that follows has a sequence above *resume_after*.
    """

    room: RoomName
    events: int | None
    resume_after: int


class Refused(Value, frozen=True, gc=False):
    """A command was not carried out. *code* is for programs, *reason* for people.

    *id* is the client's id for the message, if it was a message with an id. *about* is
    the type of the line that was refused, and *room* the room that it was about; each
    is empty or None if unknown.
    """

    code: str
    reason: str
    id: str = ""
    room: RoomName | None = None
    about: str = ""


class Ping(Value, frozen=True, gc=False):
    """A request for a pong; either side may send it."""

    token: str


class Pong(Value, frozen=True, gc=False):
    """The answer to a ping, with its *token*."""

    token: str


class Bye(Value, frozen=True, gc=False):
    """The server closes the connection; no event follows.

    *retry_after* is the seconds to wait before connecting again; None if unknown.
    """

    code: str
    reason: str
    retry_after: float | None = None


class SanctionInfo(Value, frozen=True, gc=False):
    """A sanction, as those who may know of it see it; *room* None is the server."""

    number: int
    kind: str
    room: RoomName | None
    name: str
    by: str
    since: float
    until: float | None
    reason: str


class SanctionList(Value, frozen=True, gc=False):
    """Sanctions in the order of their numbers: of a room, or those of the session.

    They are the newest ones if it *has more*.
    """

    sanctions: tuple[SanctionInfo, ...]
    is_own: bool = False
    has_more: bool = False


class Act(Value, frozen=True, gc=False):
    """What somebody did to keep order, as the audit log has it.

    *time* is wall time. *by* is the name of the one who did it; empty for the operator.
    *action* is a word such as those of `Acted`. *room* is None for the server.
    *name* is that of the account or user to whom it was done, or the seconds of slow
    mode; it may be empty. No act has the text of a message.
    """

    number: int
    time: float
    by: str
    action: str
    room: RoomName | None
    name: str = ""
    until: float | None = None
    reason: str = ""


class ActPage(Value, frozen=True, gc=False):
    """Acts of the audit log, oldest first: those in *room*, or all if it is None.

    *has_more* is true if there are older ones.
    """

    room: RoomName | None
    acts: tuple[Act, ...]
    has_more: bool


class InvitationHeard(Value, frozen=True, gc=False):
    """The user may enter a room, *until* a wall time.

    *by* is the name of the inviter; empty for the operator.
    """

    room: RoomName
    by: str
    until: float


class InvitationEnded(Value, frozen=True, gc=False):
    """Somebody has taken back the invitation of the user to a room.

    *by* is the name of the one who did; empty for the operator.
    """

    room: RoomName
    by: str


class InvitationTakenBack(Value, frozen=True, gc=False):
    """The answer to whoever took back an invitation; *name* is empty for a code."""

    room: RoomName | None
    number: int
    name: str


class InvitationInfo(Value, frozen=True, gc=False):
    """An invitation in force, as those who may invite see it.

    *name* is that of the one who is invited; empty for a code, which nobody sees.
    """

    number: int
    name: str
    by: str
    until: float


class InvitationList(Value, frozen=True, gc=False):
    """Invitations to a room or, without one, to make an account, by their numbers.

    *has_more* is true if there are later ones.
    """

    room: RoomName | None
    invitations: tuple[InvitationInfo, ...]
    has_more: bool


class InvitationSent(Value, frozen=True, gc=False):
    """The answer to an invitation: *name* is invited to *room*, or has to show a code.

    The *code* is given once; it is empty if a name was invited. Without a room, it is
    an invitation to make an account. Its *number* is for taking it back.
    """

    room: RoomName | None
    number: int
    until: float
    name: str = ""
    code: str = ""

    def __repr__(self) -> str:
        """Return a description without the code."""
        return f"<invitation of {self.name!r} to {self.room!r}>"


RoomEvent = Message | Erased | Notice | RoleChanged

SequencedEvent = Message | Erased
"""The events that have a place in the history of their room."""

SessionDialectEvent = (
    (Welcome | RoomInfo | RoomClosed | RoomList | IgnoredNames | Stored | ReadMoved)
    | (HistoryPage | SearchResults | Ping | Pong | AccountInfo | Devices)
    | (SanctionList | ActPage | Greeting | InvitationHeard | InvitationSent)
    | (InvitationEnded | InvitationTakenBack | InvitationList | RoleChanged)
)
"""Events of the session dialect alone: the plain dialect has no line for them."""

PlainEvent = (Message | Erased | Notice) | (
    HistorySummary | Users | Missed | Refused | Bye
)
"""Events that the plain dialect has a line for."""

PrivateEvent = (
    (Message | Erased | Acted | Joined | Left | Renamed | TopicChanged)
    | (HistorySummary | Users | Missed | Refused | Bye)
    | SessionDialectEvent
)
"""Events for one session."""

Event = PlainEvent | SessionDialectEvent

# The state of a room.


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


class Cursor(Value, frozen=True, gc=False):
    """How far a client has read a room: up to *sequence* in the history of *epoch*."""

    epoch: str
    sequence: int
