"""Commands of moderators, owners and administrators."""

from ...events import RoomName, Value
from ...roles import Role


class Kick(Value, frozen=True, gc=False):
    """Remove the user called *name* from a room."""

    room: RoomName
    name: str
    reason: str


class Mute(Value, frozen=True, gc=False):
    """Forbid somebody to speak, in a room or, without one, on the whole server.

    It ends after *seconds*, or when it is lifted if that is None.
    """

    room: RoomName | None
    name: str
    seconds: int | None
    reason: str


class Unmute(Value, frozen=True, gc=False):
    """Let somebody speak again; a *number* other than 0 is that of the sanction."""

    room: RoomName | None
    name: str
    number: int = 0


class Ban(Value, frozen=True, gc=False):
    """Forbid somebody to be in a room or, without one, on the server.

    *name* is that of a user or an account, an address or a prefix. *seconds* are as in
    `Mute`.
    """

    room: RoomName | None
    name: str
    seconds: int | None
    reason: str


class Unban(Value, frozen=True, gc=False):
    """Lift a ban; *name* is as in `Ban`, and *number* as in `Unmute`."""

    room: RoomName | None
    name: str
    number: int = 0


class SetRoom(Value, frozen=True, gc=False):
    """Change the settings of a room, as in `entries.RoomSet`."""

    room: RoomName
    is_locked: bool | None
    slow: int | None
    is_private: bool | None = None


class CloseRoom(Value, frozen=True, gc=False):
    """Close a room, which everybody leaves."""

    room: RoomName


class SetRole(Value, frozen=True, gc=False):
    """Give the account called *name* a role, in a room or on the server."""

    room: RoomName | None
    name: str
    role: Role


class Announce(Value, frozen=True, gc=False):
    """Tell all rooms *text*."""

    text: str


class Erase(Value, frozen=True, gc=False):
    """Erase the message *sequence* of a room.

    Without a sequence, it is the last message of somebody called *name*.
    """

    room: RoomName
    sequence: int | None
    name: str


class ListSanctions(Value, frozen=True, gc=False):
    """Return the newest sanctions of a room, or those of the server.

    With *before*, they have lower numbers than that.
    """

    room: RoomName | None
    before: int | None = None


class ListActs(Value, frozen=True, gc=False):
    """Return the last *limit* acts in a room, or all of the server, of the audit log.

    They are those *before* a number, if it is given.
    """

    room: RoomName | None
    before: int | None
    limit: int


class Why(Value, frozen=True, gc=False):
    """Return the sanctions of the user."""
