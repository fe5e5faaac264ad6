"""The words that a room or a session hears, and those that pass beside them.

How they look on a line is for a dialect to say. What a client says is in `speech`.
"""

from enum import Enum, auto
from typing import NewType, Self

import msgspec
from msgspec.structs import replace

SessionId = NewType("SessionId", int)
RoomName = NewType("RoomName", str)

LOBBY = RoomName("lobby")
"""The room that everyone enters."""

SERVER = "[Server]"
"""Who speaks when nobody does: the source of notices. No one may take it."""


class Word(msgspec.Struct, frozen=True, gc=False):
    """Base of everything that is said."""

    def but(self, **changes: object) -> Self:
        """Return the same word with *changes*."""
        return replace(self, **changes)


# -- what a room hears -------------------------------------------------------


class Message(Word, frozen=True, gc=False):
    """Something was said, and this is its place in its room's history.

    *time* is wall time in seconds since 1970, for printing only.
    """

    room: RoomName
    sequence: int
    time: float
    source: str
    text: str


class Joined(Word, frozen=True, gc=False):
    """A member arrived."""

    room: RoomName
    name: str


class Left(Word, frozen=True, gc=False):
    """A member went away."""

    room: RoomName
    name: str
    reason: str


class Renamed(Word, frozen=True, gc=False):
    """A member is called *to* from now on."""

    room: RoomName
    name: str
    to: str


class Unkept(Word, frozen=True, gc=False):
    """What is said from here on is refused: the history cannot keep it now."""

    room: RoomName
    reason: str


class Kept(Word, frozen=True, gc=False):
    """The history keeps messages again."""

    room: RoomName


Notice = Joined | Left | Renamed | Unkept | Kept

# -- what one session hears --------------------------------------------------


class Welcome(Word, frozen=True, gc=False):
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


class Stored(Word, frozen=True, gc=False):
    """What you said is recorded, as the message *sequence*.

    *id* is what you called it; it may be empty.
    """

    id: str
    room: RoomName
    sequence: int


class Recap(Word, frozen=True, gc=False):
    """The newest *shown* of the *total* messages that are kept follow.

    *said* is the sequence of the last message that was said, kept or not.
    """

    room: RoomName
    shown: int
    total: int
    said: int


class Recalled(Word, frozen=True, gc=False):
    """What was said before, oldest first; *more* in the direction that was asked."""

    room: RoomName
    messages: tuple[Message, ...]
    more: bool


class Found(Word, frozen=True, gc=False):
    """What a search found, oldest first; *more* tells of older ones."""

    room: RoomName
    messages: tuple[Message, ...]
    more: bool


class User(Word, frozen=True, gc=False):
    """Somebody who is present, *since* a wall time in seconds since 1970."""

    name: str
    since: float


class Users(Word, frozen=True, gc=False):
    """A page of those present, sorted by name; *first* counts from 1."""

    room: RoomName
    users: tuple[User, ...]
    first: int
    total: int


class Missed(Word, frozen=True, gc=False):
    """You cannot hear *events* any more; None: nobody knows how many.

    Every message that follows has a sequence above *resume_after*.
    """

    room: RoomName
    events: int | None
    resume_after: int


class Refused(Word, frozen=True, gc=False):
    """What you said was not done. *code* is for programs, *reason* for people.

    *id* is what you called it, if it was a message with an id.
    """

    code: str
    reason: str
    id: str = ""


class Ping(Word, frozen=True, gc=False):
    """Are you there? Said by either side."""

    token: str


class Pong(Word, frozen=True, gc=False):
    """I am; *token* is that of the ping."""

    token: str


class Bye(Word, frozen=True, gc=False):
    """The connection ends here, and why. Nothing follows.

    *retry_after*: seconds after which to come back, if that is known.
    """

    code: str
    reason: str
    retry_after: float | None = None


RoomEvent = Message | Notice | Bye
Silent = Welcome | Stored | Recalled | Found | Ping | Pong
"""What only programs hear: the plain dialect has no line for it."""

Told = RoomEvent | Recap | Users | Missed | Refused
"""What people hear."""

Answer = Message | Joined | Recap | Users | Missed | Refused | Bye | Silent
Event = Told | Silent

# -- what passes between the hub and a history -------------------------------


class Draft(Word, frozen=True, gc=False):
    """A message before history has numbered it. It never travels.

    Drafts with the same *key*, unless it is empty, are one message however often
    they come: the key is a hash of the client's secret and of the *id* that it chose.
    Without an id (None) nobody waits to hear that the message is stored.
    """

    room: RoomName
    source: str
    text: str
    session: SessionId
    key: str = ""
    id: str | None = None


class Repeated(Word, frozen=True, gc=False):
    """A draft whose key had been recorded before, as the message *sequence*."""

    room: RoomName
    sequence: int


Outcome = Message | Repeated
"""What has become of a draft that was recorded."""


class Before(Word, frozen=True, gc=False):
    """Read the last *limit* messages before *sequence*, which is excluded."""

    room: RoomName
    sequence: int
    limit: int


class After(Word, frozen=True, gc=False):
    """Read the first *limit* messages after *sequence* and up to *head*, included."""

    room: RoomName
    sequence: int
    head: int
    limit: int


class Search(Word, frozen=True, gc=False):
    """Find the last *limit* messages before *sequence* with all of *words* in them."""

    room: RoomName
    words: str
    sequence: int
    limit: int


Query = Before | After | Search


class Purpose(Enum):
    """What becomes of an answer of the history."""

    RECAP = auto()  # messages after a line that counts them
    PAGE = auto()  # one line
    FOUND = auto()  # one line
    GREETING = auto()  # a welcome, and what a returning member missed
    REPLAY = auto()  # the next page of what a member missed


class Question(Word, frozen=True, gc=False):
    """What a session wants to know of the history."""

    session: SessionId
    query: Query
    purpose: Purpose = Purpose.RECAP


class Page(Word, frozen=True, gc=False):
    """An answer of the history: messages, oldest first.

    *more* tells whether there are others in the direction of the query, *total* how
    many the room keeps that the query could reach; a search counts only what it
    found. *gone* is how many `After` asked for that are not kept any more.
    """

    messages: tuple[Message, ...]
    more: bool
    total: int
    gone: int = 0


class Reach(Word, frozen=True, gc=False):
    """What a history keeps of a room: sequences from *first* to *head*.

    With nothing kept, *first* is one more than *head*. *epoch* is another for every
    history that was begun anew, so that a lost one is not mistaken for it.
    """

    epoch: str = ""
    first: int = 1
    head: int = 0


class View(Word, frozen=True, gc=False):
    """Who is here now, by name, and how far the room has been told.

    The cursor of one who has read all that was told is (*epoch*, *sequence*).
    """

    users: tuple[User, ...]
    epoch: str
    sequence: int


class Cursor(Word, frozen=True, gc=False):
    """How far somebody has read: up to *sequence* of the history that is *epoch*."""

    epoch: str
    sequence: int
