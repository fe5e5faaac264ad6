"""Events about messages: new, erased, stored, missed, and pages of them."""

from .ids import AccountNumber, RoomName, SessionId
from .value import Value


class Message(Value, frozen=True, gc=False):
    """A recorded message; *sequence* is its place in the history of its room.

    *time* is wall time in seconds since 1970, for display only. A message that
    *is_erased* has no text. *account* is that of the author; 0 for a guest, or if it is
    not known. *session* is that of the author, for messages that this server has
    delivered itself; otherwise 0. Clients are not told these two.
    """

    room: RoomName
    sequence: int
    time: float
    source: str
    text: str
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)
    is_erased: bool = False

    def erased(self) -> "Message":
        """Return what is left of the message once it is erased."""
        return self.replace(text="", is_erased=True)


class Erased(Value, frozen=True, gc=False):
    """The message *target* of a room was erased, by somebody called *by*.

    It has a *sequence* and a *time* like a message. *by* is empty for the operator, and
    *name*, the author of the message, if it is not known. If it *is_one_of_many* of one
    author, erased at once, only clients that know erasures hear of it.
    """

    room: RoomName
    sequence: int
    time: float
    target: int
    by: str
    name: str = ""
    is_one_of_many: bool = False


class Stored(Value, frozen=True, gc=False):
    """The acknowledgement of a message that is recorded as *sequence*.

    *id* is the client's id for the message; it may be empty. A message that is not
    *is_kept* was delivered and is not in the history.
    """

    id: str
    room: RoomName
    sequence: int
    is_kept: bool = True


class HistorySummary(Value, frozen=True, gc=False):
    """A heading for the newest *shown* of *total* stored messages, which follow.

    *last_sequence* is the sequence of the last recorded message, stored or expired.
    """

    room: RoomName
    shown: int
    total: int
    last_sequence: int


class HistoryPage(Value, frozen=True, gc=False):
    """Messages of the history, oldest first; those that were erased without a text.

    *has_more* is true if there are further messages in the direction of the request.
    """

    room: RoomName
    messages: tuple[Message, ...]
    has_more: bool


class SearchResults(Value, frozen=True, gc=False):
    """Messages that a search found, oldest first.

    *has_more* is true if there are older ones. *room* is None if several rooms were
    searched.
    """

    room: RoomName | None
    messages: tuple[Message, ...]
    has_more: bool


class Missed(Value, frozen=True, gc=False):
    """A gap: *events* cannot be delivered to this session; None if unknown.

    Every message that follows has a sequence above *resume_after*.
    """

    room: RoomName
    events: int | None
    resume_after: int


class Cursor(Value, frozen=True, gc=False):
    """How far a client has read a room: up to *sequence* in the history of *epoch*."""

    epoch: str
    sequence: int
