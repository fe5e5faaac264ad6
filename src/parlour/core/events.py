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


class Unkept(Word, frozen=True, gc=False):
    """What is said from here on is refused: the history cannot keep it now."""

    room: RoomName
    reason: str


class Kept(Word, frozen=True, gc=False):
    """The history keeps messages again."""

    room: RoomName


Notice = Joined | Left | Renamed | Unkept | Kept

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
    """A message before history has numbered it. It never travels.

    Drafts with the same *key*, unless it is empty, are one message however often
    they come: the key is the secret of a client, hashed, with an id that it chose.
    """

    room: RoomName
    source: str
    text: str
    session: SessionId
    key: str = ""


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


class Question(Word, frozen=True, gc=False):
    """What a session wants to know of the history."""

    session: SessionId
    query: Query


class Page(Word, frozen=True, gc=False):
    """An answer of the history: messages, oldest first.

    *more* tells whether there are others in the direction of the query, *total* how
    many the room keeps that the query could reach; a search counts only what it
    found.
    """

    messages: tuple[Message, ...]
    more: bool
    total: int


class Reach(Word, frozen=True, gc=False):
    """What a history keeps of a room: sequences from *first* to *head*.

    With nothing kept, *first* is one more than *head*. *epoch* is another for every
    history that was begun anew, so that a lost one is not mistaken for it.
    """

    epoch: str
    first: int
    head: int
