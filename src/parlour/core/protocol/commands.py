"""The commands of clients, in either dialect."""

from ..events import (
    DIRECT_PREFIX,
    LOBBY,
    Cursor,
    Ping,
    Pong,
    Refused,
    RoomName,
    Value,
)
from ..roles import Role


class Say(Value, frozen=True, gc=False):
    """Send *text* to the lobby."""

    text: str


class Submit(Say, frozen=True, gc=False):
    """Send *text* to a room, and acknowledge it with its *id*, which may be empty."""

    room: RoomName
    id: str


class SetName(Value, frozen=True, gc=False):
    """Rename the user to *name*."""

    name: str


class ReadHistory(Value, frozen=True, gc=False):
    """Return the newest messages of the lobby."""


class ReadPage(Value, frozen=True, gc=False):
    """Return at most *limit* messages *before* or *after* a sequence, or the newest."""

    room: RoomName
    before: int | None
    after: int | None
    limit: int


class SearchHistory(Value, frozen=True, gc=False):
    """Return the newest *limit* messages with *words*, *before* a sequence if given.

    Without a *room*, all rooms of the session are searched.
    """

    room: RoomName | None
    words: str
    before: int | None
    limit: int


class ListUsers(Value, frozen=True, gc=False):
    """Return the users of a room."""

    room: RoomName


class Join(Value, frozen=True, gc=False):
    """Enter a room, and open it if there is none. The name is not validated yet.

    If it *is_private*, a new room is opened that is. *invite* is the hash of the code
    of an invitation, or empty.
    """

    room: str
    is_private: bool = False
    invite: str = ""


class LeaveRoom(Value, frozen=True, gc=False):
    """Leave a room."""

    room: RoomName


class ListRooms(Value, frozen=True, gc=False):
    """Return at most *limit* open rooms, after the one called *after*."""

    after: str
    limit: int


class SetTopic(Value, frozen=True, gc=False):
    """Set the topic of a room."""

    room: RoomName
    topic: str


class OpenDirect(Value, frozen=True, gc=False):
    """Open the direct room with the user called *to*."""

    to: str


class MarkRead(Value, frozen=True, gc=False):
    """Note that the account of the user has read a room up to *sequence*."""

    room: RoomName
    sequence: int


class Ignore(Value, frozen=True, gc=False):
    """Ignore the user called *name*."""

    name: str


class Unignore(Value, frozen=True, gc=False):
    """No longer ignore the user called *name*."""

    name: str


class Credentials(Value, frozen=True, gc=False):
    """How somebody signs in: by a *password*, or by the *key* of a device, a hash.

    With a *label*, the device is to get a key.
    """

    account: str
    password: str | None = None
    key: str = ""
    label: str = ""

    def __repr__(self) -> str:
        """Return a description without secrets."""
        return f"<credentials of {self.account!r}>"


class Login(Value, frozen=True, gc=False):
    """Sign in."""

    credentials: Credentials


class Register(Value, frozen=True, gc=False):
    """Make an account of the user's name. With a *label*, the device gets a key.

    *invite* is the hash of the code of an invitation, or empty.
    """

    password: str
    label: str
    invite: str = ""

    def __repr__(self) -> str:
        """Return a description without the password."""
        return "<register>"


class ChangePassword(Value, frozen=True, gc=False):
    """Change the *password* of the account to *new*."""

    password: str
    new: str

    def __repr__(self) -> str:
        """Return a description without the passwords."""
        return "<change password>"


class ListDevices(Value, frozen=True, gc=False):
    """Return the devices of the account."""


class RevokeDevice(Value, frozen=True, gc=False):
    """Revoke a device of the account."""

    device: int


class Logout(Value, frozen=True, gc=False):
    """Revoke the device of this session, if it has one, and end the session."""


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
    """Let somebody speak again.

    *name* may be the number of the sanction. If *number* is given, it is that one.
    """

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
    """Lift a ban; *name* is as in `Ban`, or as in `Unmute`, and so is *number*."""

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


class Invite(Value, frozen=True, gc=False):
    """Invite the user called *name*, or whoever shows a new code, for some *seconds*.

    That is to a room or, without one, to make an account.
    """

    room: RoomName | None
    name: str
    seconds: int


class Uninvite(Value, frozen=True, gc=False):
    """Take back the invitation of *name*, or the one with a *number* other than 0.

    The name may also be a number. Without a room, it is one to make an account.
    """

    room: RoomName | None
    name: str
    number: int


class ListInvitations(Value, frozen=True, gc=False):
    """Return the invitations to a room, or to make an account, *after* a number."""

    room: RoomName | None
    after: int


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


class Goodbye(Value, frozen=True, gc=False):
    """End the session; the client will not resume it."""


class Hello(Value, frozen=True, gc=False):
    """Switch to the session dialect.

    *token* is a hash of the client's token, or empty if it has none. *rooms* are the
    rooms to be in, not validated yet; None if the client knows no other room than the
    lobby. *cursors* are how far the client has read each room. *errors* are those in
    the rest of the hello. With *credentials*, the user signs in; if they are malformed,
    they are the refusal.
    """

    token: str
    name: str | None
    is_watching: bool
    rooms: tuple[str, ...] | None = None
    cursors: tuple[tuple[str, Cursor], ...] = ()
    errors: tuple[Refused, ...] = ()
    credentials: Credentials | Refused | None = None

    @property
    def wanted_rooms(self) -> tuple[RoomName, ...]:
        """The rooms to be in: the lobby, if the client knows no other room."""
        return (LOBBY,) if self.rooms is None else tuple(map(RoomName, self.rooms))

    @property
    def knows_rooms(self) -> bool:
        """Whether the client can be in other rooms than the lobby."""
        return self.rooms is not None

    def cursor(self, room: RoomName) -> Cursor | None:
        """Return how far the client has read *room*, if it said so."""
        return next((each for name, each in self.cursors if name == room), None)

    def without_cursor(self, room: RoomName) -> "Hello":
        """Return the hello after the cursor of *room* was used."""
        cursors = tuple(each for each in self.cursors if each[0] != room)
        return self.replace(cursors=cursors)

    def with_direct_cursors(self) -> "Hello":
        """Return the hello with no cursors but those of direct rooms."""
        direct = [each for each in self.cursors if each[0].startswith(DIRECT_PREFIX)]
        return self.replace(cursors=tuple(direct))


Command = (
    (Say | Submit | SetName | ReadHistory | ReadPage | SearchHistory | ListUsers)
    | (Join | LeaveRoom | ListRooms | SetTopic | OpenDirect | Ignore | Unignore)
    | (Login | Register | ChangePassword | ListDevices | RevokeDevice | Logout)
    | (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | CloseRoom | Announce)
    | (Invite | Uninvite | ListInvitations)
    | (Erase | ListSanctions | ListActs | Why | MarkRead)
    | (Ping | Pong | Goodbye | Hello)
)
