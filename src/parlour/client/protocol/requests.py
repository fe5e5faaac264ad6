"""The requests that a client sends to a server.

A *room* is named as the server sends it: folded and without a leading `#`;
`rooms.folded` makes it of what a user types. Without it, a request is about the lobby.
A request keeps its room: the client never sends it to another one, also not on a later
connection. A server with one room, the lobby, gets no request about other rooms; the
client refuses it.
"""

from typing import NamedTuple

from parlour.core.events import LOBBY

from .order_requests import OrderQuestion, OrderRequest, room_of_order
from .secret import Secret


class Say(NamedTuple):
    """Send *text* to the room."""

    text: str
    room: str = LOBBY


class Rename(NamedTuple):
    """Change the nickname to *name*."""

    name: str


class AskHistory(NamedTuple):
    """Ask for the latest messages, or for those before the sequence *before*."""

    limit: int | None = None  # messages at most; None: the default of the server
    before: int | None = None
    room: str = LOBBY


class Search(NamedTuple):
    """Ask for the messages that contain *words*."""

    words: str
    room: str | None = LOBBY  # None: all rooms that the client is in


class AskUsers(NamedTuple):
    """Ask for the list of present users."""

    room: str = LOBBY


class AskRooms(NamedTuple):
    """Ask for the open public rooms, in the order of their names."""

    after: str = ""  # only rooms after this name; "": from the first
    limit: int | None = None  # rooms at most; None: the default of the server


class Join(NamedTuple):
    """Enter *room*, and open it if it is not open. Answered by `RoomEntered`.

    It is opened as a private room if it *is_private*. *invite* is the code of an
    invitation.
    """

    room: str
    is_private: bool = False
    invite: Secret | None = None


class LeaveRoom(NamedTuple):
    """Leave *room*. Answered by `RoomLeft`."""

    room: str


class SetTopic(NamedTuple):
    """Set the topic of a room; an empty one removes it. Answered by `TopicChanged`."""

    room: str
    topic: str


class Direct(NamedTuple):
    """Open the direct room with the user *to*, and send *text* there, if it has any.

    Answered by `RoomEntered`. The text waits for that answer, and is then a `Say`.
    """

    to: str
    text: str = ""


class Ignore(NamedTuple):
    """Hide the messages of the user *name*. Answered by `IgnoredList`."""

    name: str


class Unignore(NamedTuple):
    """Show the messages of the user *name* again. Answered by `IgnoredList`."""

    name: str


class Credentials(NamedTuple):
    """What signs in to an account: its password, or the key of a device.

    With a password and the label of a *device*, the server answers with a key.
    """

    account: str
    password: Secret | None = None
    key: Secret | None = None
    device: str = ""


class Login(NamedTuple):
    """Sign in. Answered by `SignedIn`."""

    credentials: Credentials


class Register(NamedTuple):
    """Make an account of the present name, and sign in. Answered by `SignedIn`.

    *invite* is the code of an invitation, which some servers need.
    """

    password: Secret
    device: str = ""
    invite: Secret | None = None


class ChangePassword(NamedTuple):
    """Change the password; all other devices are signed out."""

    password: Secret
    new: Secret


class AskDevices(NamedTuple):
    """Ask for the devices of the account. Answered by `DeviceList`."""


class RevokeDevice(NamedTuple):
    """Sign out the device with this number. Answered by `DeviceList`."""

    device: int


class Logout(NamedTuple):
    """Sign out this device, and leave."""


Question = AskHistory | Search | AskUsers | AskRooms
AnyQuestion = Question | AskDevices | OrderQuestion
"""Requests that change nothing."""

RoomCommand = Join | LeaveRoom | SetTopic | Direct | Ignore | Unignore
"""Requests that only a server with rooms understands, besides `AskRooms`."""

SecretRequest = Login | Register | ChangePassword
"""Requests that contain a secret. They are never sent again on another connection."""

AdmissionRequest = Login | Rename
"""Requests that a server accepts after it has refused hello: of a user, or a guest."""

AccountRequest = SecretRequest | AskDevices | RevokeDevice | Logout
"""Requests that only a server with accounts understands."""

Request = Say | Rename | Question | RoomCommand | AccountRequest | OrderRequest


def room_of(request: Request) -> str:
    """Return the room that *request* names, or "" if it names none."""
    match request:
        case Rename() | AskRooms() | Direct() | Ignore() | Unignore():
            return ""
        case _ if isinstance(request, AccountRequest):
            return ""
        case _ if isinstance(request, OrderRequest):
            return room_of_order(request) or ""
        case _:
            return request.room or ""


def needs_rooms(request: Request) -> bool:
    """Return whether a server with one room, the lobby, cannot carry out *request*."""
    if isinstance(request, RoomCommand | AskRooms | AccountRequest | OrderRequest):
        return True
    return room_of(request) not in ("", LOBBY)
