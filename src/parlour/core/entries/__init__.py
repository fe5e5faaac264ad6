"""Entries: everything that others can notice, as frozen values.

A session proposes an entry, the journal puts the entries of all sessions in one order,
and `state.State` applies them in that order. Times are those of the batch, put there by
the proposer. An entry can turn out to be void when it is applied; only the session that
proposed it gets an error.

Durable entries are stored; the others only take their place in the order.

What a session does names its connection, *attachment*: it is void if the session has
another one meanwhile. So each session has one order, even if its client goes to another
node while entries of the connection that it left are under way.

``sessions``  who is here, under which name, in which rooms
``rooms``     rooms, and what is said in them
``accounts``  accounts, their devices and rooms
``order``     what moderators, owners and administrators do
``invitations``  who may enter private rooms, or make an account
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ..events import Value
from .accounts import (
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    PasswordSet,
    ReadUpTo,
    Registered,
    SignedIn,
    TextsErased,
)
from .invitations import Invited, InviteUsed, Uninvited
from .order import (
    Announced,
    Erased,
    Kicked,
    Lifted,
    RoleSet,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Shut,
    Target,
)
from .rooms import (
    DirectErased,
    DirectOpened,
    RoomClosed,
    RoomOpened,
    Said,
    TopicSet,
    Whispered,
)
from .sessions import (
    Entered,
    Ignored,
    Left,
    NodeLost,
    Renamed,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    Unignored,
)

__all__ = [
    "ACCOUNT_ENTRIES",
    "DURABLE",
    "INVITATION_ENTRIES",
    "MAX_TIME",
    "ORDER_ENTRIES",
    "ROOM_ENTRIES",
    "AccountDirectOpened",
    "AccountEnabled",
    "AccountEntered",
    "AccountEntry",
    "AccountErased",
    "AccountIgnored",
    "AccountLeft",
    "AccountUnignored",
    "Announced",
    "Batch",
    "DeviceAdded",
    "DeviceRevoked",
    "DirectErased",
    "DirectOpened",
    "DirectShown",
    "Entered",
    "Entry",
    "Erased",
    "Ignored",
    "InvitationEntry",
    "InviteUsed",
    "Invited",
    "Kicked",
    "Left",
    "Lifted",
    "NodeLost",
    "OperatorEntry",
    "OrderEntry",
    "PasswordSet",
    "ReadUpTo",
    "Registered",
    "Renamed",
    "RoleSet",
    "RoomClosed",
    "RoomOpened",
    "RoomSet",
    "Said",
    "SanctionKind",
    "Sanctioned",
    "SessionClosed",
    "SessionHeld",
    "SessionOpened",
    "Shut",
    "SignedIn",
    "Target",
    "TextsErased",
    "TopicSet",
    "Unignored",
    "Uninvited",
    "Whispered",
    "batch_time",
    "decode_batch",
    "encode_batch",
    "message_run",
]

Entry = (
    (SessionOpened | SessionHeld | SessionClosed | Renamed | Entered | Left)
    | (Said | Whispered | RoomOpened | RoomClosed | TopicSet | DirectOpened)
    | (DirectErased | Ignored | Unignored | NodeLost)
    | (Registered | SignedIn | PasswordSet | DeviceAdded | DeviceRevoked)
    | (AccountEnabled | AccountErased | AccountEntered | AccountLeft)
    | (AccountDirectOpened | DirectShown | ReadUpTo | TextsErased)
    | (AccountIgnored | AccountUnignored)
    | (Kicked | Sanctioned | Lifted | RoomSet | RoleSet | Shut | Announced | Erased)
    | (Invited | InviteUsed | Uninvited)
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
    (Registered | PasswordSet | DeviceAdded | DeviceRevoked)
    | (AccountEnabled | AccountErased | AccountEntered | AccountLeft)
    | (AccountDirectOpened | DirectShown | ReadUpTo | TextsErased)
    | (AccountIgnored | AccountUnignored)
)
"""The entries about accounts that a journal stores."""

ACCOUNT_ENTRIES: Final = (
    *(Registered, PasswordSet, DeviceAdded, DeviceRevoked, AccountEnabled),
    *(AccountErased, AccountEntered, AccountLeft, AccountIgnored, AccountUnignored),
    *(AccountDirectOpened, DirectShown, ReadUpTo, TextsErased),
)
"""Those of `AccountEntry`."""

OrderEntry = (Kicked | Sanctioned | Lifted | RoomSet | RoleSet | Shut) | (
    Announced | Erased
)
"""The entries that keep order, which a journal stores."""

ORDER_ENTRIES: Final = (
    *(Kicked, Sanctioned, Lifted, RoomSet, RoleSet, Shut),
    *(Announced, Erased),
)
"""Those of `OrderEntry`."""

InvitationEntry = Invited | InviteUsed | Uninvited
"""The entries about invitations, which a journal stores."""

INVITATION_ENTRIES: Final = (Invited, InviteUsed, Uninvited)
"""Those of `InvitationEntry`."""

OperatorEntry = OrderEntry | AccountEntry | InvitationEntry | TopicSet
"""The entries that the operator of the machine may ask for."""

DURABLE: Final = (
    *(Said, *ROOM_ENTRIES, *ACCOUNT_ENTRIES),
    *(*ORDER_ENTRIES, *INVITATION_ENTRIES),
)
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
