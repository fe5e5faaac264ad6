"""What passes between the hub and the storage: drafts to record, queries to answer."""

from enum import Enum, auto

from .events import Message, RoomName, SessionId, Value


class StorageError(Exception):
    """A batch was not kept, or a page not read.

    *code* is permanent and for programs, *reason* for people; neither holds a path.
    *is_unknown*: what was to be kept may be there or not. After that a history keeps
    nothing any more, and the server has to end.
    """

    def __init__(self, code: str, reason: str, *, is_unknown: bool = False) -> None:
        super().__init__(reason)
        self.code, self.reason, self.is_unknown = code, reason, is_unknown


class Draft(Value, frozen=True, gc=False):
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


class Repeated(Value, frozen=True, gc=False):
    """A draft whose key had been recorded before, as the message *sequence*."""

    room: RoomName
    sequence: int


Outcome = Message | Repeated
"""What has become of a draft that was recorded."""


class Before(Value, frozen=True, gc=False):
    """Read the last *limit* messages before *sequence*, which is excluded."""

    room: RoomName
    sequence: int
    limit: int


class After(Value, frozen=True, gc=False):
    """Read the first *limit* messages after *sequence* and up to *head*, included."""

    room: RoomName
    sequence: int
    head: int
    limit: int


class Search(Value, frozen=True, gc=False):
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


class Question(Value, frozen=True, gc=False):
    """What a session wants to know of the history."""

    session: SessionId
    query: Query
    purpose: Purpose = Purpose.RECAP


class Page(Value, frozen=True, gc=False):
    """An answer of the history: messages, oldest first.

    *more* tells whether there are others in the direction of the query, *total* how
    many the room keeps that the query could reach; a search counts only what it
    found. *gone* is how many `After` asked for that are not kept any more.
    """

    messages: tuple[Message, ...]
    more: bool
    total: int
    gone: int = 0


class HistoryExtent(Value, frozen=True, gc=False):
    """What a history keeps of a room: sequences from *first* to *head*.

    With nothing kept, *first* is one more than *head*. *epoch* is another for every
    history that was begun anew, so that a lost one is not mistaken for it.
    """

    epoch: str = ""
    first: int = 1
    head: int = 0
