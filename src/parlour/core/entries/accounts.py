"""Entries about accounts."""

from ..events import AccountNumber, RoomName, SessionId, Value
from ..roles import Role


class Registered(Value, frozen=True, gc=False, tag="registered"):
    """A new account called *name*, with the next number; *keys* as in `Renamed`.

    The session at *attachment* registers its own name, and is signed in; it is 0 if an
    administrator creates the account, and only then the *role* may be another than that
    of a member. *password* is the hash of the password with its parameters. *device* is
    the hash of the key of the first device, or empty, and *label* its description. The
    account is in *rooms*, and ignores the names *ignored*, as the session did; each
    comes after its conflict key. *invite* is the hash of the code of an invitation,
    which is used up, or empty if none is needed.
    """

    attachment: SessionId
    name: str
    keys: tuple[str, ...]
    password: str
    role: Role = Role.MEMBER
    rooms: tuple[RoomName, ...] = ()
    device: str = ""
    label: str = ""
    ignored: tuple[tuple[str, str], ...] = ()
    invite: str = ""


class SignedIn(Value, frozen=True, gc=False, tag="signed_in"):
    """The session of a guest becomes one of *account*, and gets its name and rooms.

    *device* is the number of the device, or 0. Without one, *generation* is that of the
    password that was checked: the entry is void if the account has another one
    meanwhile.
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
    revoked if there are too many. *generation* is as in `SignedIn`. The entry is void
    if the account is disabled, or if a device of any account has the same *key*.
    """

    account: AccountNumber
    generation: int
    key: str
    label: str


class DeviceRevoked(Value, frozen=True, gc=False, tag="device_revoked"):
    """A device of an account can no longer sign in, and its sessions close.

    It revokes no other device than the one that was meant, whatever was recorded since:
    the number of a device is never used again.
    """

    account: AccountNumber
    device: int
    is_by_operator: bool = False


class AccountEnabled(Value, frozen=True, gc=False, tag="account_enabled"):
    """An administrator enables an account, or disables it: its sessions close."""

    account: AccountNumber
    is_enabled: bool


class AccountErased(Value, frozen=True, gc=False, tag="account_erased"):
    """An administrator erases an account: its sessions close, and its name is free.

    Its devices, rooms and ignored names are erased, its roles in rooms, the mutes and
    bans of it, and the invitations that it has or has sent. Its number is never used
    again, and its messages keep it.
    """

    account: AccountNumber


class TextsErased(Value, frozen=True, gc=False, tag="texts_erased"):
    """The operator erases messages of an account, called *name*, in a room.

    Each of *targets* is erased as by an `Erased` of its own, and so takes a sequence of
    the room. They are at most `MAX_TEXTS_ERASED`.
    """

    account: AccountNumber
    name: str
    room: RoomName
    targets: tuple[int, ...]


class AccountEntered(Value, frozen=True, gc=False, tag="account_entered"):
    """An account is in a room from now on, with all of its sessions that know rooms.

    *attachment* is that of the session that asked for it, which is in it anyway.
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


class AccountDirectOpened(Value, frozen=True, gc=False, tag="account_direct_opened"):
    """An account opens the direct room *room* with the account *other*.

    The room is kept. If the two have one already, the entry names that one: it opens
    again if it is closed, and *account* is in it from now on, as by `AccountEntered`.
    """

    attachment: SessionId
    account: AccountNumber
    room: RoomName
    other: AccountNumber


class DirectShown(Value, frozen=True, gc=False, tag="direct_shown"):
    """An account is in a direct room from now on, as the other one is about to write.

    *attachment* is that of the session of the other one.
    """

    attachment: SessionId
    account: AccountNumber
    room: RoomName


class ReadUpTo(Value, frozen=True, gc=False, tag="read_up_to"):
    """An account has read a room up to *sequence*.

    It has no effect if the account has read as far already, or is not in the room. A
    sequence above the last one of the room means that one.
    """

    account: AccountNumber
    room: RoomName
    sequence: int


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
