"""The events of the session dialect, as a client receives them.

A *room* is the name on the wire. Servers of release 1 have one room, the lobby.

The module has more than 300 lines, since it lists all events.
"""

from typing import Final, NamedTuple

from parlour.core.events import Notice

from .secret import Secret

ERASED: Final = "(erased)"
"""Shown in place of the text of a message that was erased."""


class RoomState(NamedTuple):
    """The client is in a room. Its messages after the client's cursor follow."""

    room: str
    epoch: str
    sequence: int  # of the last message
    is_recovered: bool = True  # False: `Missed` follows
    topic: str = ""
    is_kept: bool = True  # False: its messages are in memory only
    is_one_way: bool = False  # the other one cannot answer
    other: str = ""  # the other user of a direct room
    title: str = ""  # the name to show, if it is another one
    is_private: bool = False
    read: int | None = None  # how far the account has read it; None if not known
    unread: int = 0  # messages after that, about
    mentions: int = 0  # of them, those that mention the user


class ReadElsewhere(NamedTuple):
    """Another device of the account has read a room up to *read*."""

    room: str
    read: int
    unread: int
    mentions: int


class Welcome(NamedTuple):
    """The server supports the session dialect and has admitted the client.

    *lobby* is the only room of a server of release 1. If it is None, the server sends a
    `RoomState` for each room of hello.
    """

    you: str  # the client's name
    lobby: RoomState | None


class Message(NamedTuple):
    """A recorded message."""

    room: str
    sequence: int
    time: str  # RFC 3339
    source: str
    text: str
    is_erased: bool = False  # then it has no text

    @property
    def shown_text(self) -> str:
        """The text, or what is shown in its place."""
        return ERASED if self.is_erased else self.text


class Erased(NamedTuple):
    """The message *target* was erased by *by*; *name* is its author.

    *by* is empty for the operator, and *name* if it is not known.
    """

    room: str
    sequence: int
    time: str  # RFC 3339
    target: int
    by: str
    name: str


class Stored(NamedTuple):
    """The acknowledgement that a line is recorded. *id* is empty if it had none."""

    id: str
    room: str
    sequence: int


class MessagePage(NamedTuple):
    """An answer: messages, oldest first, and whether there are more before them."""

    room: str  # empty for a search in all rooms
    messages: tuple[Message, ...]
    more: bool
    is_search: bool  # the messages answer a search, not a request for the history


class ListedUser(NamedTuple):
    """A user of a room; the *role* is empty for one who is no more than a member."""

    name: str
    role: str = ""


class UserPage(NamedTuple):
    """A part of a list of users, and whether another part follows."""

    room: str
    users: tuple[ListedUser, ...]
    more: bool


class ListedRoom(NamedTuple):
    """An open room, public or one of the client's."""

    room: str
    topic: str
    users: int
    is_private: bool = False


class RoomPage(NamedTuple):
    """An answer: open rooms, and whether there are more after the last one."""

    rooms: tuple[ListedRoom, ...]
    more: bool


class Closed(NamedTuple):
    """A room is over for this client."""

    room: str
    reason: str


class IgnoredNames(NamedTuple):
    """The names of all users that this client ignores."""

    names: tuple[str, ...]


class Account(NamedTuple):
    """The session is signed in, or the role of its account has changed."""

    name: str
    role: str
    key: Secret | None  # of this device; only once, after a password


class Device(NamedTuple):
    """A device that may sign in without a password."""

    number: int
    label: str
    added: str  # RFC 3339
    is_current: bool
    sessions: int  # that are signed in with its key now


class Devices(NamedTuple):
    """An answer: the devices of the account."""

    devices: tuple[Device, ...]


class Sanction(NamedTuple):
    """A mute or a ban that holds now."""

    number: int
    kind: str
    room: str  # empty for the whole server
    name: str
    by: str  # empty for the operator
    until: str  # RFC 3339; empty until it is lifted
    reason: str


class Sanctions(NamedTuple):
    """An answer: the sanctions that moderators asked for, or those of the user."""

    sanctions: tuple[Sanction, ...]
    is_own: bool
    has_more: bool = False  # older ones


class LoggedAct(NamedTuple):
    """An act of the audit log. Its texts are as received: unsafe to print."""

    time: str  # RFC 3339
    room: str  # empty for the whole server
    action: str  # perhaps one that this client does not know
    by: str  # empty for the operator
    name: str  # to whom
    until: float | None  # wall time; None if it does not end, or does not last
    reason: str


class Acts(NamedTuple):
    """An answer: acts of the audit log, oldest first."""

    acts: tuple[LoggedAct, ...]
    has_more: bool  # older ones


class Greeting(NamedTuple):
    """What the operator of the server tells new users. Unsafe to print."""

    lines: tuple[str, ...]


class Invited(NamedTuple):
    """The user may enter a room until a time."""

    room: str
    by: str  # empty for the operator
    until: str  # RFC 3339


class InvitationEnded(NamedTuple):
    """Somebody has taken back the invitation of the user to a room."""

    room: str
    by: str  # empty for the operator


class InvitationTakenBack(NamedTuple):
    """The answer to whoever has taken back an invitation."""

    room: str  # empty to make an account
    number: int
    name: str  # empty for a code


class InvitationInfo(NamedTuple):
    """An invitation in force."""

    number: int
    name: str  # empty for a code
    by: str  # empty for the operator
    until: str  # RFC 3339


class Invitations(NamedTuple):
    """The answer to a question for invitations, in order of their numbers."""

    room: str  # empty to make an account
    invitations: tuple[InvitationInfo, ...]
    has_more: bool


class InvitationSent(NamedTuple):
    """The answer to an invitation: somebody is invited, or a code is made."""

    room: str  # empty to make an account
    number: int  # 0 if the server gives none
    name: str  # empty for a code
    code: Secret | None  # given once
    until: str  # RFC 3339


class Missed(NamedTuple):
    """A gap: the next message of the room follows *resume_after*."""

    room: str
    events: int | None  # how many are missing; None: unknown
    resume_after: int


class Refused(NamedTuple):
    """An error: the server refused a request.

    *about* is the type of the refused line. Servers of release 1 do not send it.
    """

    code: str
    reason: str
    id: str  # of the refused line, or empty
    room: str = ""
    about: str = ""


class Ping(NamedTuple):
    """A request for a pong with the same token."""

    token: str


class Pong(NamedTuple):
    """The answer to a ping of the client with the same token."""

    token: str


class Bye(NamedTuple):
    """The last event before the server closes the connection."""

    code: str
    reason: str
    retry_after: float  # seconds before the client may reconnect


class Unknown(NamedTuple):
    """An event of an unknown type, which the client ignores."""


ServerEvent = (
    (Welcome | RoomState | ReadElsewhere | Closed | Notice)
    | (Message | Erased | Missed | Stored | Refused)
    | (MessagePage | UserPage | RoomPage | IgnoredNames)
    | (Account | Devices | Sanctions | Acts | Greeting)
    | (Invited | InvitationEnded | InvitationSent | InvitationTakenBack | Invitations)
    | (Ping | Pong | Bye | Unknown)
)
