"""Entries that keep order: what moderators, owners and administrators do.

In each of them, *attachment* is the connection of the one who does it, and *by* the
name; they are 0 and empty for the operator of the machine. *room* is None for the whole
server. A *reason* may be empty. None of them has the text of a message.
"""

from enum import Enum

from ..events import AccountNumber, RoomName, SessionId, Value
from ..roles import Role


class SanctionKind(Enum):
    """What a sanction forbids: to speak, or to be there. The values are stored."""

    MUTE = "mute"
    BAN = "ban"


class Target(Value, frozen=True, gc=False):
    """Somebody to whom a moderator does something; *name* is how others knew it.

    It is an account, or a guest: by its session, by the token of its client, and by its
    network, as far as they are known; or everybody of a network who has no account. A
    network is an address or a prefix.
    """

    name: str
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)
    token: str = ""
    network: str = ""


class Kicked(Value, frozen=True, gc=False, tag="kicked"):
    """Somebody has to leave a room, and may enter it again."""

    attachment: SessionId
    by: str
    room: RoomName
    target: Target
    reason: str


class Sanctioned(Value, frozen=True, gc=False, tag="sanctioned"):
    """Somebody is muted or banned, with the next number, *until* a wall time.

    *until* is None if only `Lifted` ends it.
    """

    attachment: SessionId
    by: str
    kind: SanctionKind
    room: RoomName | None
    target: Target
    until: float | None
    reason: str


class Lifted(Value, frozen=True, gc=False, tag="lifted"):
    """The sanction with this number, of this *kind*, ends now.

    *name* is that of its target.
    """

    attachment: SessionId
    by: str
    kind: SanctionKind
    room: RoomName | None
    number: int
    name: str


class RoomSet(Value, frozen=True, gc=False, tag="room_set"):
    """The settings of a room change; None leaves a setting as it is.

    In a room that *is_locked* only moderators speak. *slow* is the number of seconds
    between two messages of one person, or 0. Only those who are invited enter a room
    that *is_private*; its members stay in it.
    """

    attachment: SessionId
    by: str
    room: RoomName
    is_locked: bool | None = None
    slow: int | None = None
    is_private: bool | None = None


class Shut(Value, frozen=True, gc=False, tag="shut"):
    """Everybody leaves a room, which closes; its history remains."""

    attachment: SessionId
    by: str
    room: RoomName


class RoleSet(Value, frozen=True, gc=False, tag="role_set"):
    """An account gets a role, in a room or on the server. *name* is its name."""

    attachment: SessionId
    by: str
    room: RoomName | None
    account: AccountNumber
    name: str
    role: Role


class Announced(Value, frozen=True, gc=False, tag="announced"):
    """All rooms hear an announcement."""

    attachment: SessionId
    by: str
    text: str


class Erased(Value, frozen=True, gc=False, tag="erased"):
    """The message *target* of a room is erased; this takes the room's next sequence.

    *author* is who said it, as far as the history knows. It *is_own* if the author
    erases it. Its proposer has found both in the history. What is recorded of the
    message remains, without its text.
    """

    attachment: SessionId
    by: str
    room: RoomName
    target: int
    author: Target
    is_own: bool = False
