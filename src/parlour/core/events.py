"""The words: commands a client says, events a room or a session hears.

Commands are imperative, events past tense. How they look on a line is for a
dialect to say.
"""

from typing import NewType

import msgspec

SessionId = NewType("SessionId", int)
RoomName = NewType("RoomName", str)

LOBBY = RoomName("lobby")
"""The room that everyone enters."""

SERVER = "[Server]"
"""Who speaks when nobody does: the source of notices. No one may take it."""


class Word(msgspec.Struct, frozen=True, gc=False):
    """Base of everything that is said."""


# -- what a client says ------------------------------------------------------


class Say(Word, frozen=True, gc=False):
    """Say *text* to the room."""

    text: str


class SetName(Word, frozen=True, gc=False):
    """Be called *name* from now on."""

    name: str


class ReadHistory(Word, frozen=True, gc=False):
    """Tell me what was said before."""


class ListUsers(Word, frozen=True, gc=False):
    """Tell me who is here."""


Command = Say | SetName | ReadHistory | ListUsers

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


Notice = Joined | Left | Renamed

# -- what one session hears --------------------------------------------------


class Recap(Word, frozen=True, gc=False):
    """The newest *shown* of the *total* messages that are kept follow.

    *said* is the sequence of the last message that was said, kept or not.
    """

    room: RoomName
    shown: int
    total: int
    said: int


class Users(Word, frozen=True, gc=False):
    """A page of the names of those present, sorted; *first* counts from 1."""

    room: RoomName
    names: tuple[str, ...]
    first: int
    total: int


class Missed(Word, frozen=True, gc=False):
    """You fell behind: *events* were forgotten before you could hear them."""

    room: RoomName
    events: int


class Refused(Word, frozen=True, gc=False):
    """What you said was not done. *code* is for programs, *reason* for people."""

    code: str
    reason: str


class Bye(Word, frozen=True, gc=False):
    """The connection ends here, and why. Nothing follows."""

    code: str
    reason: str


RoomEvent = Message | Notice | Bye
Answer = Message | Recap | Users | Missed | Refused | Bye
Event = RoomEvent | Answer

# -- what passes between the hub and a history -------------------------------


class Draft(Word, frozen=True, gc=False):
    """A message before history has numbered it. It never travels."""

    room: RoomName
    source: str
    text: str
    session: SessionId


class Question(Word, frozen=True, gc=False):
    """A read of the history: the last *limit* messages before *before*."""

    session: SessionId
    room: RoomName
    before: int
    limit: int


class Page(Word, frozen=True, gc=False):
    """An answer of the history: messages, oldest first, of *total* it keeps."""

    messages: tuple[Message, ...]
    total: int
