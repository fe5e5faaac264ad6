"""Values that the hub and the store exchange: drafts, queries and their results."""

from enum import Enum, auto
from typing import Final

from .events import Message, RoomName, SessionId, Value

END_OF_SEQUENCES: Final = 1 << 62  # above the sequence of any message


class StorageError(Exception):
    """A failure to record a batch or to read a page.

    *code* is a permanent identifier for programs, and *reason* is a text for people;
    neither contains a path. If *is_outcome_unknown*, the batch may or may not have been
    recorded. A store that raises such an error records nothing afterwards, and the
    server has to stop.
    """

    def __init__(
        self, code: str, reason: str, *, is_outcome_unknown: bool = False
    ) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
        self.is_outcome_unknown = is_outcome_unknown


class Draft(Value, frozen=True, gc=False):
    """A message that is not recorded yet and has no sequence; it is never sent.

    *key* is the idempotency key: drafts with the same key, unless it is empty, are one
    message. *id* is chosen by the client and identifies the message in the
    acknowledgement. It may be empty; it is None if the client expects no
    acknowledgement.
    """

    room: RoomName
    source: str
    text: str
    session: SessionId
    key: str = ""
    id: str | None = None


class Duplicate(Value, frozen=True, gc=False):
    """A draft whose key is already recorded, as the message *sequence*."""

    room: RoomName
    sequence: int


Outcome = Message | Duplicate
"""The result of recording one draft."""


class Before(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence*, which is excluded."""

    room: RoomName
    sequence: int
    limit: int


class After(Value, frozen=True, gc=False):
    """A query for the first *limit* messages after *sequence* and not after *head*."""

    room: RoomName
    sequence: int
    head: int
    limit: int


class Search(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence* with all of *words*."""

    room: RoomName
    words: str
    sequence: int
    limit: int


Query = Before | After | Search


class Purpose(Enum):
    """The purpose of a query, which decides how the page is sent."""

    SUMMARY = auto()  # a line that counts the messages, then the messages
    PAGE = auto()  # one line
    SEARCH = auto()  # one line
    WELCOME = auto()  # a welcome, then the messages that a resuming member missed
    REPLAY = auto()  # further messages that it missed


class SessionQuery(Value, frozen=True, gc=False):
    """A query and the session that waits for the answer."""

    session: SessionId
    query: Query
    purpose: Purpose = Purpose.SUMMARY


class Page(Value, frozen=True, gc=False):
    """The answer to a query: messages, oldest first.

    *has_more* is true if the store has further messages in the direction of the query.
    *total* is the number of messages that match the query regardless of its limit; for
    a search, the number in this page. *expired* is the number of messages that `After`
    requests and that are no longer stored.
    """

    messages: tuple[Message, ...]
    has_more: bool
    total: int
    expired: int = 0


class HistoryExtent(Value, frozen=True, gc=False):
    """The range of stored sequences of a room, from *first* to *head*.

    If nothing is stored, *first* is one more than *head*. *epoch* identifies the
    history: a recreated history has a different one.
    """

    epoch: str = ""
    first: int = 1
    head: int = 0
