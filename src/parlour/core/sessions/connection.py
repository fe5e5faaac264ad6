"""One connection: its state, its input, and why the server does not read from it."""

from enum import Enum, IntEnum, auto
from typing import Final

from ..events import SessionId
from ..limits import Limits
from ..protocol.dialect import Dialect
from ..protocol.input_buffer import InputBuffer
from ..protocol.plain import PLAIN
from ..protocol.session import SESSION
from ..rate_limit import TokenBucket


class ConnectionKind(Enum):
    """How a peer is connected, and what it may become."""

    SOCKET = auto()  # by a socket of its own; it is admitted even if it stays silent
    PAGE = auto()  # by a page in a browser; it may become a user
    READ_ONLY_PAGE = auto()  # by a page in a browser; it never becomes a user

    @property
    def is_page(self) -> bool:
        """Whether the peer is a page in a browser."""
        return self is not ConnectionKind.SOCKET

    @property
    def first_dialect(self) -> Dialect:
        """The dialect in which the server answers before the peer's first line."""
        return SESSION if self.is_page else PLAIN


class State(Enum):
    """The state of a connection."""

    ARRIVED = auto()  # connected; not in the room and not announced
    MEMBER = auto()  # in the room; its input is processed
    CLOSING = auto()  # its input is discarded; events due to it are still sent
    CLOSED = auto()  # nothing more is sent; the driver closes the connection


class Transition(Enum):
    """A change of a connection's state."""

    ADMIT = auto()  # it enters the room
    CLOSE = auto()  # its session ends, for any reason
    FINISH = auto()  # all that is due to it was written, or never can be


TRANSITIONS: Final = {
    (State.ARRIVED, Transition.ADMIT): State.MEMBER,
    (State.ARRIVED, Transition.CLOSE): State.CLOSING,
    (State.ARRIVED, Transition.FINISH): State.CLOSED,
    (State.MEMBER, Transition.CLOSE): State.CLOSING,
    (State.CLOSING, Transition.FINISH): State.CLOSED,
}
"""The state after each transition. A transition that is missing here is a bug."""


class ReadPause(IntEnum):
    """A reason not to read from a peer.

    An `IntEnum`, because sets of these are searched at every read, and other enums
    compute their hash in Python.
    """

    END_OF_STREAM = auto()  # the peer sends nothing more
    UNRECORDED_DRAFTS = auto()  # the room has too many drafts that are not recorded
    UNSENT_OUTPUT = auto()  # the peer lags: its transport is full


NOT_PAUSED: Final[frozenset[ReadPause]] = frozenset()


class CountedAs(Enum):
    """What a connection counts as in the server's capacity."""

    NOTHING = auto()  # not counted yet
    PAGE = auto()  # an open page whose session is no user
    USER = auto()
    CLOSING = auto()


class Connection:
    """One connection and the state of its session.

    The server reads from it unless there is a `ReadPause` or unprocessed input. While
    an answer is awaited, no further line is processed, but the server reads on until
    one arrives: so it notices a lost connection and can drop the query.
    """

    __slots__ = (
        "accepts_input",
        "address",
        "awaits_answer",
        "bucket",
        "close_code",
        "close_reason",
        "counted_as",
        "dialect",
        "has_sent_line",
        "input",
        "invalid_lines",
        "is_reading",
        "is_watching",
        "kind",
        "network",
        "pauses",
        "queued",
        "session",
        "state",
        "token",
        "unsent",
    )

    def __init__(
        self,
        session: SessionId,
        address: str,
        network: str,
        kind: ConnectionKind,
        limits: Limits,
        bucket: TokenBucket | None,
    ) -> None:
        self.session, self.kind, self.bucket = session, kind, bucket
        self.address = address  # the name, too, until the user chooses another
        self.network = network  # whose limits apply to it; empty: none
        self.dialect = kind.first_dialect
        self.input = InputBuffer(limits.max_line)
        self.state = State.ARRIVED
        self.accepts_input = True  # follows the state; looked up at every read
        self.pauses = NOT_PAUSED
        self.is_reading = True  # what the driver was told last
        self.awaits_answer = False  # until it is delivered, no line is processed
        self.has_sent_line = False  # at least one that is not blank
        self.invalid_lines = 0  # in a row, up to the last one
        self.token = ""  # a hash of the session's token; empty if it has none
        self.is_watching = False  # it receives events without being a user
        self.unsent = 0  # bytes that wait in the transport of a lagging peer
        self.queued = 0  # bytes that count in `QueueLimit`
        self.counted_as = CountedAs.NOTHING
        self.close_code = self.close_reason = ""  # known once the session has ended

    def admit(self) -> None:
        """Record that the session entered the room."""
        self._change(Transition.ADMIT)

    def close(self, code: str, reason: str) -> None:
        """Discard the input from here on; *code* and *reason* say why."""
        self._change(Transition.CLOSE)
        self.close_code, self.close_reason = code, reason

    def finish(self) -> None:
        """Record that nothing more is sent to the peer."""
        self._change(Transition.FINISH)

    def _change(self, transition: Transition) -> None:
        self.state = TRANSITIONS[self.state, transition]
        if self.accepts_input and self.state is not State.MEMBER:
            self.accepts_input = False
            self.input.clear()

    def pause_reading(self, reason: ReadPause) -> None:
        """Add a reason not to read from the peer."""
        self.pauses |= {reason}

    def resume_reading(self, reason: ReadPause) -> None:
        """Remove a reason not to read from the peer, if there is such a reason."""
        self.pauses -= {reason}

    @property
    def is_lagging(self) -> bool:
        """Whether the peer does not receive what is sent to it."""
        return ReadPause.UNSENT_OUTPUT in self.pauses

    @property
    def may_process(self) -> bool:
        """Whether waiting input may be processed, as far as the rate allows."""
        if self.awaits_answer:
            return False
        return ReadPause.UNRECORDED_DRAFTS not in self.pauses

    @property
    def should_read(self) -> bool:
        """Whether the driver should read from the peer."""
        if not self.accepts_input:
            return True  # a socket that is closed with unread input resets the peer
        return not (self.input.complete_lines or self.pauses)
