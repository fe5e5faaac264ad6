"""The words that a room or a session hears, and those that pass beside them.

How they look on a line is for a dialect to say. What a client says is in `speech`.
"""

from typing import NewType, Self

import msgspec
from msgspec.structs import replace

SessionId = NewType("SessionId", int)
RoomName = NewType("RoomName", str)

LOBBY = RoomName("lobby")
"""The room that everyone enters."""

SERVER = "[Server]"
"""Who speaks when nobody does: the source of notices. No one may take it."""


class Value(msgspec.Struct, frozen=True, gc=False):
    """Base of everything that is said."""

    def replace(self, **changes: object) -> Self:
        """Return the same word with *changes*."""
        return replace(self, **changes)


# -- what a room hears -------------------------------------------------------


class Message(Value, frozen=True, gc=False):
    """Something was said, and this is its place in its room's history.

    *time* is wall time in seconds since 1970, for printing only.
    """

    room: RoomName
    sequence: int
    time: float
    source: str
    text: str


class Joined(Value, frozen=True, gc=False):
    """A member arrived."""

    room: RoomName
    name: str


class Left(Value, frozen=True, gc=False):
    """A member went away."""

    room: RoomName
    name: str
    reason: str


class Renamed(Value, frozen=True, gc=False):
    """A member is called *to* from now on."""

    room: RoomName
    name: str
    to: str


class StorageFailed(Value, frozen=True, gc=False):
    """What is said from here on is refused: the history cannot keep it now."""

    room: RoomName
    reason: str


class StorageRecovered(Value, frozen=True, gc=False):
    """The history keeps messages again."""

    room: RoomName


Notice = Joined | Left | Renamed | StorageFailed | StorageRecovered

# -- what one session hears --------------------------------------------------


class Welcome(Value, frozen=True, gc=False):
    """A session of the session dialect begins; its member is called *name*.

    The room stands at *sequence*. *is_recovered*: nothing lies between the cursor
    that the client brought, if any, and what it hears from here on. *name* is empty
    for one who only watches. The bounds are those of `Limits`.
    """

    name: str
    room: RoomName
    epoch: str
    sequence: int
    is_recovered: bool
    max_line: int
    max_text: int


class Stored(Value, frozen=True, gc=False):
    """What you said is recorded, as the message *sequence*.

    *id* is what you called it; it may be empty.
    """

    id: str
    room: RoomName
    sequence: int


class HistorySummary(Value, frozen=True, gc=False):
    """The newest *shown* of the *total* messages that are kept follow.

    *said* is the sequence of the last message that was said, kept or not.
    """

    room: RoomName
    shown: int
    total: int
    said: int


class HistoryPage(Value, frozen=True, gc=False):
    """What was said before, oldest first; *more* in the direction that was asked."""

    room: RoomName
    messages: tuple[Message, ...]
    more: bool


class SearchResults(Value, frozen=True, gc=False):
    """What a search found, oldest first; *more* tells of older ones."""

    room: RoomName
    messages: tuple[Message, ...]
    more: bool


class User(Value, frozen=True, gc=False):
    """Somebody who is present, *since* a wall time in seconds since 1970."""

    name: str
    since: float


class Users(Value, frozen=True, gc=False):
    """A page of those present, sorted by name; *first* counts from 1."""

    room: RoomName
    users: tuple[User, ...]
    first: int
    total: int


class Missed(Value, frozen=True, gc=False):
    """You cannot hear *events* any more; None: nobody knows how many.

    Every message that follows has a sequence above *resume_after*.
    """

    room: RoomName
    events: int | None
    resume_after: int


class Refused(Value, frozen=True, gc=False):
    """What you said was not done. *code* is for programs, *reason* for people.

    *id* is what you called it, if it was a message with an id.
    """

    code: str
    reason: str
    id: str = ""


class Ping(Value, frozen=True, gc=False):
    """Are you there? Said by either side."""

    token: str


class Pong(Value, frozen=True, gc=False):
    """I am; *token* is that of the ping."""

    token: str


class Bye(Value, frozen=True, gc=False):
    """The connection ends here, and why. Nothing follows.

    *retry_after*: seconds after which to come back, if that is known.
    """

    code: str
    reason: str
    retry_after: float | None = None


RoomEvent = Message | Notice | Bye
SessionOnlyEvent = Welcome | Stored | HistoryPage | SearchResults | Ping | Pong
"""What only programs hear: the plain dialect has no line for it."""

PlainEvent = RoomEvent | HistorySummary | Users | Missed | Refused
"""What people hear."""

PrivateEvent = (
    Message
    | Joined
    | HistorySummary
    | Users
    | Missed
    | Refused
    | Bye
    | SessionOnlyEvent
)
Event = PlainEvent | SessionOnlyEvent

# -- what is known of a room


class Snapshot(Value, frozen=True, gc=False):
    """Who is here now, by name, and how far the room has been told.

    The cursor of one who has read all that was told is (*epoch*, *sequence*).
    """

    users: tuple[User, ...]
    epoch: str
    sequence: int


class Cursor(Value, frozen=True, gc=False):
    """How far somebody has read: up to *sequence* of the history that is *epoch*."""

    epoch: str
    sequence: int
