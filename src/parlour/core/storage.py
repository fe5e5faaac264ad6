"""Values that the hub and the store exchange: stored state, queries, results."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from .entries.order import SanctionKind, Target
from .events import (
    AccountNumber,
    Act,
    ConnectionId,
    Erased,
    Message,
    PersonId,
    RoomName,
    SequencedEvent,
    SessionId,
    Value,
    person_of,
)
from .roles import Role

END_OF_SEQUENCES: Final = 1 << 62  # above the sequence of any message
FOUND_AMONG: Final = 10_000  # sequences in which the last message of somebody is found


class StorageError(Exception):
    """A failure to record a batch or to read a page.

    *code* is a permanent identifier for programs, and *reason* is a text for people;
    neither contains a path. If *is_outcome_unknown*, the batch may or may not have been
    recorded. A store that raises such an error records nothing afterwards, and the
    server has to stop.
    """

    def __init__(
        self, code: str, reason: str, *, is_outcome_unknown: bool = False
    ) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
        self.is_outcome_unknown = is_outcome_unknown


Numbering = Callable[[int], int]
"""Returns the sequence of the message that follows the one with a given sequence."""


def consecutive(sequence: int) -> int:
    """Return the next sequence. No other code assumes that sequences have no holes."""
    return sequence + 1


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


class Before(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence*, which is excluded.

    Those that were erased are among them if it *has_erased*.
    """

    room: RoomName
    sequence: int
    limit: int
    has_erased: bool = True


class After(Value, frozen=True, gc=False):
    """A query for the first *limit* messages after *sequence* and not after *head*.

    Those that were erased are among them. If it *has_erasures*, these are in the page,
    too, and count like messages.
    """

    room: RoomName
    sequence: int
    head: int
    limit: int
    has_erasures: bool = False


class FindMessage(Value, frozen=True, gc=False):
    """A query for the message *sequence*, also if it is erased.

    Without a sequence, it is for the last message of somebody called *name*, which is
    not erased, among the newest `FOUND_AMONG`.
    """

    room: RoomName
    sequence: int | None
    name: str = ""


class FindTexts(Value, frozen=True, gc=False):
    """A query for the first messages of *account* after *sequence*, not erased ones.

    They are at most `MAX_TEXTS_ERASED`, among the next `FOUND_AMONG` sequences. The
    page has more if the room has later sequences than those.
    """

    room: RoomName
    account: AccountNumber
    sequence: int


class Search(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence* with all of *words*."""

    room: RoomName
    words: str
    sequence: int
    limit: int


class SearchRooms(Value, frozen=True, gc=False):
    """A query for the newest *limit* messages, by time, in *rooms* with all *words*."""

    rooms: tuple[RoomName, ...]
    words: str
    limit: int


class ReadActs(Value, frozen=True, gc=False):
    """A query for the last *limit* acts before the number *before*, which is excluded.

    They are those in *room* since it was opened by its owner, or all if it is None.
    """

    room: RoomName | None
    before: int
    limit: int


Query = (Before | After | FindMessage | FindTexts) | (Search | SearchRooms | ReadActs)


class Purpose(Enum):
    """The purpose of a query, which decides how the page is sent."""

    SUMMARY = auto()  # a line that counts the messages, then the messages
    PAGE = auto()  # one line
    SEARCH = auto()  # one line
    OPENING = auto()  # the room's first event, then the messages that were missed
    REPLAY = auto()  # further messages that it missed
    ERASE = auto()  # nothing is sent: the message is to be erased


class Question(Value, frozen=True, gc=False):
    """A query and the connection that waits for the answer."""

    connection: ConnectionId
    query: Query
    purpose: Purpose = Purpose.SUMMARY


class Page(Value, frozen=True, gc=False):
    """The answer to a query: messages, oldest first; or *acts*, for `ReadActs`.

    *erasures* are in order, too, and only those that `After` asks for.

    *has_more* is true if the store has further ones in the direction of the query.
    *total* is the number of messages that match the query regardless of its limit; for
    a search, the number in this page; 0 for acts. *expired* is the number of messages
    that `After` requests and that are no longer stored.
    """

    messages: tuple[Message, ...]
    has_more: bool
    total: int
    expired: int = 0
    acts: tuple[Act, ...] = ()
    erasures: tuple[Erased, ...] = ()

    @property
    def sequenced(self) -> list[SequencedEvent]:
        """The messages and erasures together, in order of their sequences."""
        both: list[SequencedEvent] = [*self.messages, *self.erasures]
        return sorted(both, key=lambda each: each.sequence) if self.erasures else both
