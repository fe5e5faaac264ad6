"""Questions for the history, and the pages that answer them."""

from enum import Enum, auto
from typing import Final

from ..events import (
    AccountNumber,
    Act,
    ConnectionId,
    Erased,
    Message,
    RoomName,
    SequencedEvent,
    Value,
)

FOUND_AMONG: Final = 10_000  # sequences in which the last message of somebody is found


class Before(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence*, which is excluded.

    Those that were erased are among them if it *has_erased*.
    """

    room: RoomName
    sequence: int
    limit: int
    has_erased: bool = True


class After(Value, frozen=True, gc=False):
    """A query for the first *limit* messages after *sequence* and not after *head*.

    Those that were erased are among them. If it *has_erasures*, these are in the page,
    too, and count like messages.
    """

    room: RoomName
    sequence: int
    head: int
    limit: int
    has_erasures: bool = False


class FindMessage(Value, frozen=True, gc=False):
    """A query for the message *sequence*, also if it is erased.

    Without a sequence, it is for the last message of somebody called *name*, which is
    not erased, among the newest `FOUND_AMONG`.
    """

    room: RoomName
    sequence: int | None
    name: str = ""


class FindTexts(Value, frozen=True, gc=False):
    """A query for the first messages of *account* after *sequence*, not erased ones.

    They are at most `MAX_TEXTS_ERASED`, among the next `FOUND_AMONG` sequences. The
    page has more if the room has later sequences than those.
    """

    room: RoomName
    account: AccountNumber
    sequence: int


class Search(Value, frozen=True, gc=False):
    """A query for the last *limit* messages before *sequence* with all of *words*."""

    room: RoomName
    words: str
    sequence: int
    limit: int


class SearchRooms(Value, frozen=True, gc=False):
    """A query for the newest *limit* messages, by time, in *rooms* with all *words*."""

    rooms: tuple[RoomName, ...]
    words: str
    limit: int


class ReadActs(Value, frozen=True, gc=False):
    """A query for the last *limit* acts before the number *before*, which is excluded.

    They are those in *room* since it was opened by its owner, or all if it is None.
    """

    room: RoomName | None
    before: int
    limit: int


Query = (Before | After | FindMessage | FindTexts) | (Search | SearchRooms | ReadActs)


class Purpose(Enum):
    """The purpose of a query, which decides how the page is sent."""

    SUMMARY = auto()  # a line that counts the messages, then the messages
    PAGE = auto()  # one line
    SEARCH = auto()  # one line
    OPENING = auto()  # the room's first event, then the messages that were missed
    REPLAY = auto()  # further messages that it missed
    ERASE = auto()  # nothing is sent: the message is to be erased


class Question(Value, frozen=True, gc=False):
    """A query and the connection that waits for the answer."""

    connection: ConnectionId
    query: Query
    purpose: Purpose = Purpose.SUMMARY


class Page(Value, frozen=True, gc=False):
    """The answer to a query: messages, oldest first; or *acts*, for `ReadActs`.

    *erasures* are in order, too, and only those that `After` asks for.

    *has_more* is true if the store has further ones in the direction of the query.
    *total* is the number of messages that match the query regardless of its limit; for
    a search, the number in this page; 0 for acts. *expired* is the number of messages
    that `After` requests and that are no longer stored.
    """

    messages: tuple[Message, ...]
    has_more: bool
    total: int
    expired: int = 0
    acts: tuple[Act, ...] = ()
    erasures: tuple[Erased, ...] = ()

    @property
    def sequenced(self) -> list[SequencedEvent]:
        """The messages and erasures together, in order of their sequences."""
        both: list[SequencedEvent] = [*self.messages, *self.erasures]
        return sorted(both, key=lambda each: each.sequence) if self.erasures else both
