"""One connection as the hub knows it: what it said, and whether it is listened to."""

from enum import Enum, auto

from ..events import SessionId
from ..limits import Limits
from ..protocol.dialect import Dialect
from ..protocol.input_buffer import InputBuffer
from ..rate_limit import Bucket


class ConnectionKind(Enum):
    """The way a connection came in."""

    SOCKET = auto()  # one of its own: it enters, whatever it says
    PAGE = auto()  # a page in a browser, which may take part
    READ_ONLY_PAGE = auto()  # a page that may only watch

    @property
    def is_page(self) -> bool:
        """Whether it is a page in a browser."""
        return self is not ConnectionKind.SOCKET


class State(Enum):
    """A connection is in one of these states, in this order."""

    ARRIVED = auto()  # connected, not in the room, not announced
    MEMBER = auto()  # in the room; what the peer says is heard
    LEAVING = auto()  # what the peer says is dropped; what is due to it is sent
    OVER = auto()  # nothing is due any more; the driver ends the connection


class Connection:
    """The state of one connection.

    It is *open* to more input unless something has to wait: input that is not
    processed, output it does not take, a crowded queue. One that is owed an answer is
    read from until it says more, so that its end is noticed and its question dropped.
    """

    __slots__ = (
        "address",
        "asking",
        "bucket",
        "crowded",
        "dialect",
        "eof",
        "faults",
        "has_place",
        "has_spoken",
        "input",
        "is_heard",
        "is_user",
        "is_watching",
        "kind",
        "network",
        "queued",
        "reading",
        "session",
        "state",
        "token",
        "unsent",
        "why",
    )

    def __init__(
        self,
        session: SessionId,
        address: str,
        network: str,
        kind: ConnectionKind,
        dialect: Dialect,
        limits: Limits,
        bucket: Bucket | None,
    ) -> None:
        self.session, self.dialect, self.bucket = session, dialect, bucket
        self.kind = kind
        self.address = address  # also its name until it has another
        self.network = network  # whose limits it counts against; empty: none
        self.input = InputBuffer(limits.max_line)
        self.state = State.ARRIVED
        self.is_heard = True  # what the peer says still counts; asked at every read
        self.token = ""  # a hash; empty if it brought none
        self.has_place = False  # it counts as connected, and not as closing
        self.is_user = False  # it is counted as one
        self.queued = 0  # bytes; what it counts in `queues`
        self.is_watching = False  # it hears the room, and is no member yet
        self.why = ("", "")  # code and reason of the end, once it is known
        self.has_spoken = False  # its first line that is not blank has come
        self.faults = 0  # lines in a row that were no command
        self.eof = False  # the peer will say no more than what waits
        self.asking = False  # it is owed an answer that it must take first
        self.crowded = False  # the room has too much that is not recorded
        self.unsent: int | None = None  # bytes; a number while the member lags
        self.reading = True  # what the driver was last told

    def leave(self, code: str, reason: str) -> None:
        """Hear no more from the peer; *code* and *reason* tell why."""
        self.state, self.why = State.LEAVING, (code, reason)
        self.is_heard = False
        self.input.clear()

    def finish(self) -> None:
        """Know that nothing is due to the peer any more."""
        self.state, self.is_heard = State.OVER, False
        self.input.clear()

    @property
    def is_open(self) -> bool:
        """Whether the peer may be read from."""
        if not self.is_heard:
            return True  # to drop what it says, so that its end is no reset
        return not (
            self.input.block or self.crowded or self.eof or self.unsent is not None
        )
