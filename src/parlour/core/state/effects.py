"""Effects: what an entry has changed, for the part of the hub that tells sessions."""

from ..events import (
    AccountNumber,
    Acted,
    Bye,
    Erased,
    Message,
    Refused,
    RoomEvent,
    RoomName,
    SessionId,
    Value,
)
from ..storage import Invitation, Sanction


class SessionStarted(Value, frozen=True, gc=False):
    """A connection is now that of *session*.

    *previous* is the attachment that it replaces; 0 if the session is new. *rooms* are
    the rooms that the session was in before.
    """

    session: SessionId
    attachment: SessionId
    previous: SessionId
    rooms: tuple[RoomName, ...] = ()


class SessionSuspended(Value, frozen=True, gc=False):
    """A session has lost its connection, and may be resumed.

    It *is_orphan* if its node is lost.
    """

    session: SessionId
    attachment: SessionId
    is_orphan: bool = False


class SessionEnded(Value, frozen=True, gc=False):
    """A session is over; `RoomLeft` effects precede this one."""

    session: SessionId
    attachment: SessionId
    name: str


class SessionSignedIn(Value, frozen=True, gc=False):
    """A session is now one of an account, or the role of its account changed."""

    session: SessionId


class SessionExpelled(Value, frozen=True, gc=False):
    """A session is over, whatever its client does; `SessionEnded` follows.

    Its client receives *bye*.
    """

    session: SessionId
    attachment: SessionId
    bye: Bye


class DeviceMade(Value, frozen=True, gc=False):
    """An account has a new device, with this number."""

    account: AccountNumber
    device: int


class ReadFurther(Value, frozen=True, gc=False):
    """An account has read a room further than before."""

    account: AccountNumber
    room: RoomName


class NameChanged(Value, frozen=True, gc=False):
    """A session changed its name from *name* to *to* in the *rooms* that it was in.

    At the start of a connection, that learns the name from its welcome.
    """

    session: SessionId
    name: str
    to: str
    rooms: tuple[RoomName, ...]
    is_at_start: bool = False


class RoomEntered(Value, frozen=True, gc=False):
    """The session called *name* entered a room; *is_new* is false if it was in it.

    *is_first* is false if another session of the same account was in it already.
    """

    session: SessionId
    room: RoomName
    name: str
    is_new: bool = True
    is_first: bool = True


class RoomLeft(Value, frozen=True, gc=False):
    """The session called *name* is no longer a member of a room.

    *is_last* is false if another session of the same account remains in it.
    """

    session: SessionId
    room: RoomName
    name: str
    reason: str
    is_last: bool = True


class RoomMade(Value, frozen=True, gc=False):
    """A room is open now."""

    room: RoomName


class RoomEnded(Value, frozen=True, gc=False):
    """A room is no longer open; its *members* hear the *reason*."""

    room: RoomName
    members: tuple[SessionId, ...] = ()
    reason: str = ""


class RoomShown(Value, frozen=True, gc=False):
    """A session hears of a direct room, whose messages after *sequence* follow.

    *last* is the last message before this effect.
    """

    session: SessionId
    room: RoomName
    sequence: int
    last: int


class Banned(Value, frozen=True, gc=False):
    """Somebody is banned; the sessions are gone, and those who watch must go."""

    sanction: Sanction


class Restricted(Value, frozen=True, gc=False):
    """The mutes on the whole server for the user of a session have changed.

    *lifted* is the act that lifted one, for plain clients, which are in the lobby.
    """

    session: SessionId
    lifted: Acted | None = None


class PrivacyChanged(Value, frozen=True, gc=False):
    """A room is private from now on, or public."""

    room: RoomName


class InvitationMade(Value, frozen=True, gc=False):
    """Somebody is invited."""

    invitation: Invitation


class InvitationTakenBack(Value, frozen=True, gc=False):
    """Somebody, called *by*, has taken back an invitation."""

    invitation: Invitation
    by: str


class InvitationsShown(Value, frozen=True, gc=False):
    """A session hears of the invitations of the account that it has signed in to."""

    session: SessionId


class Told(Value, frozen=True, gc=False):
    """The members of a room receive *event*."""

    room: RoomName
    event: RoomEvent


class MessageErased(Value, frozen=True, gc=False):
    """A message was erased: its text is no longer sent, and members receive *event*."""

    event: Erased


class Whisper(Value, frozen=True, gc=False):
    """A message in a direct room.

    *session* is that of the sender. If the other one ignores the sender, only the
    sender hears it, with all of its sessions.
    """

    session: SessionId
    message: Message
    is_ignored: bool


class IgnoredChanged(Value, frozen=True, gc=False):
    """A session ignores other names than before."""

    session: SessionId


class Void(Value, frozen=True, gc=False):
    """The entry, or a part of it, was void: only its proposer hears *why*."""

    why: Refused


class AlreadySaid(Value, frozen=True, gc=False):
    """A message that the room has already, as *sequence*."""

    sequence: int


Outcome = Message | AlreadySaid | Void
"""What became of a message."""

Effect = (
    (SessionStarted | SessionSuspended | SessionEnded | NameChanged)
    | (SessionSignedIn | SessionExpelled | DeviceMade | Banned | Restricted)
    | ReadFurther
    | (RoomEntered | RoomLeft | RoomMade | RoomEnded | RoomShown | Told | Whisper)
    | (PrivacyChanged | InvitationMade | InvitationTakenBack | InvitationsShown)
    | (MessageErased | IgnoredChanged | Outcome)
)
