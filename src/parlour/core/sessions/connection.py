"""One connection: its state, its session, its input, and its reasons to wait."""

from enum import Enum, IntEnum, auto
from typing import Final

from ..events import Bye, ConnectionId, RoomName, SessionId
from ..limits import Limits
from ..protocol.commands import Hello
from ..protocol.dialect import Dialect
from ..protocol.line_buffer import LineBuffer
from ..protocol.plain import PLAIN
from ..protocol.session import SESSION
from ..rate_limit import TokenBucket


class ConnectionKind(IntEnum):
    """The kind of a connection, which decides whether the peer can become a user.

    An `IntEnum`, like `State`, because whoever watches the server counts connections
    by both, and other enums compute their hash in Python.
    """

    SOCKET = auto()  # its own socket; it is admitted even if it stays silent
    PAGE = auto()  # a page in a browser, which may become a user
    READ_ONLY_PAGE = auto()  # a page in a browser, which never becomes a user
    FORM = auto()  # a form that a browser has sent, whose session is brief

    @property
    def is_page(self) -> bool:
        """Whether the peer is a page in a browser."""
        return self is not ConnectionKind.SOCKET

    @property
    def first_dialect(self) -> Dialect:
        """The dialect in which the server sends events before the peer's first line."""
        return SESSION if self.is_page else PLAIN


class State(IntEnum):
    """The state of a connection."""

    ARRIVED = auto()  # connected; without a session and not announced
    ENTERING = auto()  # its session is proposed; its input is buffered
    MEMBER = auto()  # its input is processed
    CLOSING = auto()  # its input is discarded; its pending events are still sent
    CLOSED = auto()  # nothing more is sent; the driver closes the connection


class Transition(Enum):
    """A change of a connection's state."""

    ENTER = auto()  # its session is proposed
    ADMIT = auto()  # its session is open, or it only watches
    CLOSE = auto()  # its session ends, for any reason
    FINISH = auto()  # its pending events were written, or cannot be written


TRANSITIONS: Final = {
    (State.ARRIVED, Transition.ENTER): State.ENTERING,
    (State.ARRIVED, Transition.ADMIT): State.MEMBER,
    (State.ARRIVED, Transition.CLOSE): State.CLOSING,
    (State.ARRIVED, Transition.FINISH): State.CLOSED,
    (State.ENTERING, Transition.ADMIT): State.MEMBER,
    (State.ENTERING, Transition.CLOSE): State.CLOSING,
    (State.MEMBER, Transition.CLOSE): State.CLOSING,
    (State.CLOSING, Transition.FINISH): State.CLOSED,
}
"""The state after each transition. A transition that is not in this table is a bug."""


OPEN_STATES: Final = (State.ARRIVED, State.ENTERING, State.MEMBER)
"""The states in which input is accepted."""


class ReadPause(IntEnum):
    """A reason to pause reading from a peer.

    An `IntEnum`, because sets of these are searched at every read, and other enums
    compute their hash in Python.
    """

    END_OF_STREAM = auto()  # the peer sends nothing more
    UNSETTLED_ENTRIES = auto()  # too many entries are not settled
    UNSENT_OUTPUT = auto()  # the peer lags: its transport is full


NOT_PAUSED: Final[frozenset[ReadPause]] = frozenset()


class CountedAs(Enum):
    """How a connection counts against the server's capacity."""

    NOTHING = auto()  # not counted yet
    PAGE = auto()  # an open page whose session is not a user
    USER = auto()
    CLOSING = auto()


class Standing(Enum):
    """What the peer of a connection is in the chat."""

    STRANGER = auto()  # not known yet
    USER = auto()  # it has a session
    WATCHER = auto()  # it receives events without being a user
    OUTSIDER = auto()  # its user could not sign in, and may try again


class Connection:
    """One connection, and the session that it has.

    The server reads from it unless there is a `ReadPause` or unprocessed input. While
    an answer is awaited, the server processes no further line, but continues to read
    until one arrives, so that it notices a lost connection and can drop the query.
    While an entry *blocks* it, because it changes what the session may do or is
    called, no line is processed either.
    """

    __slots__ = (
        "accepts_input",
        "active_at",
        "address",
        "attachment",
        "awaits_answer",
        "blocked",
        "bucket",
        "bye",
        "close_code",
        "close_reason",
        "counted_as",
        "device_key",
        "dialect",
        "entering",
        "failed_sign_ins",
        "has_sent_line",
        "hello",
        "id",
        "input",
        "invalid_lines",
        "invite_code",
        "is_logging_out",
        "is_reading",
        "is_secure",
        "is_upgrading",
        "joins_by",
        "kind",
        "last_entry",
        "network",
        "pauses",
        "pending_answers",
        "queued",
        "quota",
        "session",
        "since",
        "standing",
        "state",
        "token",
        "unsent",
    )

    def __init__(
        self,
        id: ConnectionId,  # noqa: A002
        address: str,
        network: str,
        kind: ConnectionKind,
        limits: Limits,
        bucket: TokenBucket | None,
    ) -> None:
        self.id, self.kind, self.bucket = id, kind, bucket
        self.attachment = SessionId(id)  # the connection as entries name it
        self.session = SessionId(0)  # 0: it has none
        self.address = address  # also the name, until the user chooses one
        self.network = network  # the network whose limits apply; empty if none do
        self.quota = network  # whose limits by the hour it shares; empty if none apply
        self.dialect = kind.first_dialect
        self.input = LineBuffer(limits.max_line)
        self.state = State.ARRIVED
        self.accepts_input = True  # follows the state; looked up at every read
        self.pauses = NOT_PAUSED
        self.is_reading = True  # as last returned to the driver
        self.awaits_answer = False  # no line is processed until it is delivered
        self.pending_answers = 0  # private events that wait behind entries
        self.blocked = 0  # entries that must be settled before the next line
        self.last_entry = -1  # the number of the last entry that it proposed
        self.hello: Hello | None = None  # the last one
        self.bye: Bye | None = None  # the last event that it receives
        self.has_sent_line = False  # other than blank ones
        self.invalid_lines = 0  # consecutive ones, including the last line
        self.token = ""  # a hash of the session's token; empty if it has none
        self.is_upgrading = False  # a late hello is being carried out
        self.entering: frozenset[RoomName] = frozenset()  # its account enters them
        self.joins_by = "join"  # the type of the line whose rooms it enters
        self.standing = Standing.STRANGER
        self.is_logging_out = False  # its device is to be revoked
        self.is_secure = False  # a password may be sent on it
        self.failed_sign_ins = 0
        self.device_key = ""  # to be sent when the device of this key has signed in
        self.invite_code = ""  # to be sent when the invitation is recorded
        self.since = self.active_at = 0.0  # opened; the last line but heartbeats
        self.unsent = 0  # bytes in the buffer of a lagging peer's transport
        self.queued = 0  # bytes that count in `QueueLimit`
        self.counted_as = CountedAs.NOTHING
        self.close_code = self.close_reason = ""  # known once the session has ended

    @property
    def is_open(self) -> bool:
        """Whether it may have a session: it has arrived, and is not closing."""
        return self.accepts_input

    @property
    def is_watching(self) -> bool:
        """Whether it receives events without being a user."""
        return self.standing is Standing.WATCHER

    @property
    def is_outside(self) -> bool:
        """Whether its user may only sign in: it hears nothing."""
        return self.standing is Standing.OUTSIDER

    @property
    def is_resuming(self) -> bool:
        """Whether a late hello asks for a session, and not only to watch."""
        hello = self.hello
        return self.is_upgrading and hello is not None and not hello.is_watching

    @property
    def awaits_welcome(self) -> bool:
        """Whether its hello asks for rooms and is not answered yet."""
        if self.hello is None or not self.hello.knows_rooms:
            return False
        return self.is_upgrading or self.state is State.ENTERING

    def enter(self) -> None:
        """Record that its session is proposed."""
        self._change(Transition.ENTER)

    def admit(self) -> None:
        """Record that it has a session, or only watches."""
        self._change(Transition.ADMIT)

    def close(self, code: str, reason: str) -> None:
        """Discard all further input, and record why the session ends."""
        self._change(Transition.CLOSE)
        self.close_code, self.close_reason = code, reason

    def finish(self) -> None:
        """Record that nothing more is sent to the peer."""
        self._change(Transition.FINISH)

    def _change(self, transition: Transition) -> None:
        self.state = TRANSITIONS[self.state, transition]
        if self.accepts_input and self.state not in OPEN_STATES:
            self.accepts_input = False
            self.input.clear()

    def pause_reading(self, reason: ReadPause) -> None:
        """Add a reason to pause reading from the peer."""
        self.pauses |= {reason}

    def resume_reading(self, reason: ReadPause) -> None:
        """Remove a reason to pause reading from the peer, if the peer has it."""
        self.pauses -= {reason}

    @property
    def is_lagging(self) -> bool:
        """Whether the peer is lagging, with a full transport."""
        return ReadPause.UNSENT_OUTPUT in self.pauses

    @property
    def must_wait(self) -> bool:
        """Whether the next line waits for an answer, or for an entry to be settled."""
        return self.awaits_answer or self.blocked > 0

    @property
    def may_process(self) -> bool:
        """Whether waiting input may be processed, apart from the rate limit."""
        if self.must_wait:
            return False
        return ReadPause.UNSETTLED_ENTRIES not in self.pauses

    @property
    def should_read(self) -> bool:
        """Whether the driver should read from the peer."""
        if not self.accepts_input:
            return True  # a socket that is closed with unread input resets the peer
        return not (self.input.complete_lines or self.pauses or self.blocked)
