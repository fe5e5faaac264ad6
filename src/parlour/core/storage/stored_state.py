"""What a store keeps besides messages and acts, as values."""

from ..entries.order import SanctionKind, Target
from ..events import AccountNumber, PersonId, RoomName, SessionId, Value, person_of
from ..roles import Role


class StoredRoom(Value, frozen=True, gc=False):
    """A room as the store has it.

    *number* is unique in the store, also among rooms that were closed. *sequence* is
    that of the last message, stored or expired; 0 if there was none. A closed room is
    stored as long as it has messages. *roles* are those of the owner and of moderators;
    *is_locked*, *slow* and *is_private* are as in `entries.RoomSet`. *pair* are the two
    accounts of a direct room, in the order of their numbers.
    """

    name: RoomName
    number: int
    sequence: int
    topic: str = ""
    is_open: bool = True
    roles: tuple[tuple[AccountNumber, Role], ...] = ()
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False
    pair: tuple[AccountNumber, AccountNumber] | None = None


class StoredKey(Value, frozen=True, gc=False):
    """The idempotency key of a stored message, and the client's token, if known."""

    key: str
    token: str
    room: RoomName
    sequence: int


class StoredDevice(Value, frozen=True, gc=False):
    """A device of an account; the fields are as in `entries.DeviceAdded`.

    *number* is unique in the account, and *added* is wall time.
    """

    number: int
    key: str
    label: str
    added: float


class StoredAccount(Value, frozen=True, gc=False):
    """An account, as the state and the store have it; *number* is unique in both.

    *generation* counts its passwords. *created* is wall time. *last_device* is the
    number of the device that was added last, revoked or not. *ignored* are the names
    that it ignores, each after its conflict key, in the order of ignoring; *rooms* are
    in the order of entering, and *devices* in that of their numbers. *reads* are the
    last sequences that it has read in its rooms, in the order of the rooms, as far as
    they are known.
    """

    number: AccountNumber
    name: str
    password: str
    role: Role
    created: float
    is_enabled: bool = True
    generation: int = 1
    last_device: int = 0
    devices: tuple[StoredDevice, ...] = ()
    rooms: tuple[RoomName, ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()
    reads: tuple[tuple[RoomName, int], ...] = ()

    @property
    def person(self) -> PersonId:
        """The person who has the account."""
        return person_of(self.number)

    def read(self, room: RoomName) -> int | None:
        """Return the last sequence that it has read in *room*, if that is known."""
        return next((read for name, read in self.reads if name == room), None)

    def has_device(self, number: int) -> bool:
        """Return whether it has the device with this number."""
        return any(each.number == number for each in self.devices)


class Sanction(Value, frozen=True, gc=False):
    """One sanction; the fields are as in `entries.Sanctioned`. *since* is wall time."""

    number: int
    kind: SanctionKind
    room: RoomName | None
    target: Target
    by: str
    since: float
    until: float | None
    reason: str

    def is_over(self, time: float) -> bool:
        """Return whether it has ended at the wall time *time*."""
        return self.until is not None and self.until <= time


InvitationKey = tuple[RoomName | None, AccountNumber, SessionId, str]
"""What identifies an invitation: its room, and the one who is invited to it."""


class Invitation(Value, frozen=True, gc=False):
    """One invitation; the fields are as in `entries.Invited`.

    If it *is_ignored*, it has no effect, but those who may invite see it like others.
    """

    room: RoomName | None
    by: str
    until: float
    name: str = ""
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)
    code: str = ""
    number: int = 0
    is_ignored: bool = False

    @property
    def key(self) -> InvitationKey:
        """What identifies it: another one with the same key takes its place."""
        return self.room, self.account, self.session, self.code

    def is_over(self, time: float) -> bool:
        """Return whether it has ended at the wall time *time*."""
        return self.until <= time


class StoredState(Value, frozen=True, gc=False):
    """Everything that a server loads from the store when it starts.

    *rooms* are in order of their numbers, and *keys* in the order of recording.
    *last_number* is the number after which new rooms are numbered: that of a room that
    was deleted is not used again. *accounts* are in order of their numbers, and
    *last_account* is the number after which new ones are numbered. *sanctions* are in
    order of their numbers, those that have ended included, and *last_sanction* is the
    number after which new ones are numbered. *invitations* are in order of their
    numbers, without those of guests, and *last_invitation* is the number after which
    new ones are numbered.
    """

    epoch: str = ""
    rooms: tuple[StoredRoom, ...] = ()
    keys: tuple[StoredKey, ...] = ()
    last_number: int = 1
    accounts: tuple[StoredAccount, ...] = ()
    last_account: int = 0
    sanctions: tuple[Sanction, ...] = ()
    last_sanction: int = 0
    invitations: tuple[Invitation, ...] = ()
    last_invitation: int = 0
