"""Entries: everything that others can notice, as frozen values.

A session proposes an entry, the journal puts the entries of all sessions in one order,
and `state.State` applies them in that order. Times are those of the batch, put there by
the proposer. An entry can turn out to be void when it is applied; only the session that
proposed it is told.

Durable entries are stored; the others only take their place in the order.

What a session does names its connection, *attachment*: it is void if the session has
another one meanwhile. So each session has one order, even if its client goes to another
node while entries of the connection that it left are under way.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from .events import AccountNumber, PersonId, RoomName, SessionId, Value
from .roles import Role


class SessionOpened(Value, frozen=True, gc=False, tag="session_opened"):
    """A connection opens a session, or resumes the one that has the same *token*.

    Only `apply` knows which: the token may have become known, or unknown, meanwhile.
    *attachment* identifies the connection in the whole cluster. It becomes the id of a
    new session; if that session exists already, it gets the token, name and rooms.
    *name* is the wanted name, or empty, and *keys* are its conflict keys. A session
    that cannot have it is called by its *address*; if it *must_have_name*, the entry
    is void instead. *rooms* are the rooms that the session is to be in, and no others.
    *knows_rooms* is true if its client can be in other rooms than the lobby.

    With an *account*, its user has signed in: the name is that of the account, and the
    session is also in the rooms of the account. *generation* and *device* are as in
    `SignedIn`.
    """

    attachment: SessionId
    address: str
    name: str = ""
    keys: tuple[str, ...] = ()
    token: str = ""
    rooms: tuple[RoomName, ...] = ()
    knows_rooms: bool = False
    must_have_name: bool = False
    account: AccountNumber = AccountNumber(0)
    generation: int = 0
    device: int = 0


class SessionHeld(Value, frozen=True, gc=False, tag="session_held"):
    """The session at *attachment* lost its connection, and may be resumed."""

    attachment: SessionId


class SessionClosed(Value, frozen=True, gc=False, tag="session_closed"):
    """The session at *attachment* ended; void if it was resumed elsewhere."""

    attachment: SessionId
    reason: str


class Renamed(Value, frozen=True, gc=False, tag="renamed"):
    """A session takes *name*, whose conflict keys are *keys*."""

    attachment: SessionId
    name: str
    keys: tuple[str, ...]


class Entered(Value, frozen=True, gc=False, tag="entered"):
    """A session becomes a member of a room."""

    attachment: SessionId
    room: RoomName


class Left(Value, frozen=True, gc=False, tag="left"):
    """A session is no longer a member of a room."""

    attachment: SessionId
    room: RoomName
    reason: str


class Said(Value, frozen=True, gc=False, tag="said"):
    """A message in a room.

    *key* is the idempotency key: entries with the same key, unless it is empty, are one
    message. *id* is chosen by the client and identifies the message in the
    acknowledgement. It may be empty; it is None if the client expects no
    acknowledgement. *token* is the token of the session, if there is a key.
    """

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""


class Whispered(Value, frozen=True, gc=False, tag="whispered"):
    """A message in a direct room, which is not kept; its fields are as in `Said`."""

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""


class RoomOpened(Value, frozen=True, gc=False, tag="room_opened"):
    """A session opens a room. *keys* are the conflict keys of its name."""

    room: RoomName
    attachment: SessionId
    keys: tuple[str, ...] = ()


class RoomClosed(Value, frozen=True, gc=False, tag="room_closed"):
    """A room without members closes; its history remains."""

    room: RoomName


class TopicSet(Value, frozen=True, gc=False, tag="topic_set"):
    """A session sets the topic of a room; it may be empty."""

    room: RoomName
    attachment: SessionId
    topic: str


class DirectOpened(Value, frozen=True, gc=False, tag="direct_opened"):
    """A session opens the direct room *room* with the person *other*."""

    room: RoomName
    attachment: SessionId
    other: PersonId


class Ignored(Value, frozen=True, gc=False, tag="ignored"):
    """A session ignores users whose name has the conflict key *key*, such as *name*."""

    attachment: SessionId
    name: str
    key: str


class Unignored(Value, frozen=True, gc=False, tag="unignored"):
    """A session no longer ignores users whose name has the conflict key *key*."""

    attachment: SessionId
    key: str


class Registered(Value, frozen=True, gc=False, tag="registered"):
    """A new account called *name*, with the next number; *keys* as in `Renamed`.

    The session at *attachment* registers its own name, and is signed in; it is 0 if an
    administrator creates the account. *password* is the hash of the password with its
    parameters. *device* is the hash of the key of the first device, or empty, and
    *label* its description. The account is in *rooms*.
    """

    attachment: SessionId
    name: str
    keys: tuple[str, ...]
    password: str
    role: Role = Role.MEMBER
    rooms: tuple[RoomName, ...] = ()
    device: str = ""
    label: str = ""


class SignedIn(Value, frozen=True, gc=False, tag="signed_in"):
    """The session of a guest becomes one of *account*, and gets its name and rooms.

    *generation* is that of the password that was checked: the entry is void if the
    account has another one meanwhile. *device* is the number of the device, or 0.
    """

    attachment: SessionId
    account: AccountNumber
    generation: int
    device: int = 0


class PasswordSet(Value, frozen=True, gc=False, tag="password_set"):
    """An account gets another *password*, a hash as in `Registered`.

    All of its devices are revoked but *device*, and all of its sessions close but that
    at *attachment*; each is 0 if there is none. *generation* is as in `SignedIn`; the
    account gets the next one.
    """

    attachment: SessionId
    account: AccountNumber
    generation: int
    password: str
    device: int = 0


class DeviceAdded(Value, frozen=True, gc=False, tag="device_added"):
    """An account gets a device, with the next number of that account.

    *key* is the hash of its key, and *label* its description. The oldest device is
    revoked if there are too many. *generation* is as in `SignedIn`.
    """

    account: AccountNumber
    generation: int
    key: str
    label: str


class DeviceRevoked(Value, frozen=True, gc=False, tag="device_revoked"):
    """A device of an account can no longer sign in, and its sessions close."""

    account: AccountNumber
    device: int


class AccountEnabled(Value, frozen=True, gc=False, tag="account_enabled"):
    """An administrator enables an account, or disables it: its sessions close."""

    account: AccountNumber
    is_enabled: bool


class RoleSet(Value, frozen=True, gc=False, tag="role_set"):
    """An account gets a role on the server."""

    account: AccountNumber
    role: Role


class AccountEntered(Value, frozen=True, gc=False, tag="account_entered"):
    """An account is in a room from now on, with all of its sessions.

    *attachment* is that of the session that asked for it.
    """

    attachment: SessionId
    account: AccountNumber
    room: RoomName


class AccountLeft(Value, frozen=True, gc=False, tag="account_left"):
    """An account is no longer in a room, with any of its sessions."""

    attachment: SessionId
    account: AccountNumber
    room: RoomName
    reason: str


class AccountIgnored(Value, frozen=True, gc=False, tag="account_ignored"):
    """An account ignores a name; *name* and *key* are as in `Ignored`."""

    attachment: SessionId
    account: AccountNumber
    name: str
    key: str


class AccountUnignored(Value, frozen=True, gc=False, tag="account_unignored"):
    """An account no longer ignores the names with the conflict key *key*."""

    attachment: SessionId
    account: AccountNumber
    key: str


class NodeLost(Value, frozen=True, gc=False, tag="node_lost"):
    """A node of the cluster is gone: each of its sessions is held, or closed."""

    node: int


Entry = (
    (SessionOpened | SessionHeld | SessionClosed | Renamed | Entered | Left)
    | (Said | Whispered | RoomOpened | RoomClosed | TopicSet | DirectOpened)
    | (Ignored | Unignored | NodeLost)
    | (Registered | SignedIn | PasswordSet | DeviceAdded | DeviceRevoked)
    | (AccountEnabled | RoleSet | AccountEntered | AccountLeft)
    | (AccountIgnored | AccountUnignored)
)


def message_run(entries: Sequence[object], start: int = 0) -> list[Said]:
    """Return the messages of one room that follow each other from *start* on."""
    run: list[Said] = []
    for index in range(start, len(entries)):  # islice() would skip all before it
        each = entries[index]
        if not isinstance(each, Said) or (run and each.room != run[0].room):
            break
        run.append(each)
    return run


ROOM_ENTRIES: Final = (RoomOpened, RoomClosed, TopicSet)
"""The entries about rooms that a journal stores, other than messages."""

AccountEntry = (
    Registered | PasswordSet | DeviceAdded | DeviceRevoked | AccountEnabled
) | (RoleSet | AccountEntered | AccountLeft | AccountIgnored | AccountUnignored)
"""The entries about accounts that a journal stores."""

ACCOUNT_ENTRIES: Final = (
    *(Registered, PasswordSet, DeviceAdded, DeviceRevoked, AccountEnabled, RoleSet),
    *(AccountEntered, AccountLeft, AccountIgnored, AccountUnignored),
)
"""Those of `AccountEntry`."""

DURABLE: Final = (Said, *ROOM_ENTRIES, *ACCOUNT_ENTRIES)
"""The entries that a journal stores."""


class Batch(Value, frozen=True, gc=False):
    """The entries of one turn of one node, in order.

    *time* is the wall time of all of them, in whole microseconds as seconds since 1970.
    *node* identifies the incarnation of the node that proposed them.
    """

    time: float
    entries: tuple[Entry, ...]
    node: int = 0

    @property
    def is_durable(self) -> bool:
        """Whether it contains an entry that a journal stores."""
        for entry in self.entries:  # noqa: SIM110 -- faster than any()
            if isinstance(entry, DURABLE):
                return True
        return False


MAX_TIME: Final = 253_370_764_799.0  # seconds: the end of the year 9998


def batch_time(wall: float) -> float:
    """Return the wall time *wall* in whole microseconds, from the year 1970 to 9998."""
    if not 0.0 <= wall <= MAX_TIME:
        wall = min(max(wall, 0.0), MAX_TIME)
    return round(wall * 1_000_000) / 1_000_000


encode_batch: Final = msgspec.msgpack.Encoder().encode
decode_batch: Final = msgspec.msgpack.Decoder(Batch).decode
