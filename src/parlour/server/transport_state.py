"""The states of a socket transport, for both drivers: which side has ended it.

Each side of a connection sends a FIN after its last byte, and reads until it receives
the FIN of the other. If a side closes its socket earlier, the system sends a reset, and
the other side may lose the last lines.
"""

from enum import Enum, auto
from typing import Final


class TransportState(Enum):
    """Which halves of a connection have ended."""

    OPEN = auto()  # neither
    HALF_CLOSED = auto()  # the peer's; the server still sends
    CLOSING = auto()  # the server's; what the peer still sends is discarded
    ABORTED = auto()  # the server's, at once; nothing more can be sent
    CLOSED = auto()  # both; the socket closes as soon as nothing is unsent

    @property
    def is_readable(self) -> bool:
        """Whether the peer's half is still open."""
        return self is not HALF_CLOSED and self is not CLOSED

    @property
    def is_writable(self) -> bool:
        """Whether the server's half is still open."""
        return self is OPEN or self is HALF_CLOSED


class TransportEvent(Enum):
    """An event that ends a half of a connection."""

    PEER_ENDED = auto()  # the server read the end of the peer's input
    SERVER_ENDED = auto()  # the hub has nothing more to send to the peer
    ABORTED = auto()  # the server gave up, or a send failed


# Names for hot paths: a driver asks for the state at every read.
OPEN: Final = TransportState.OPEN
HALF_CLOSED: Final = TransportState.HALF_CLOSED
CLOSING: Final = TransportState.CLOSING
ABORTED: Final = TransportState.ABORTED
CLOSED: Final = TransportState.CLOSED

TRANSITIONS: Final = {
    (OPEN, TransportEvent.PEER_ENDED): HALF_CLOSED,
    (OPEN, TransportEvent.SERVER_ENDED): CLOSING,
    (OPEN, TransportEvent.ABORTED): ABORTED,
    (HALF_CLOSED, TransportEvent.SERVER_ENDED): CLOSED,
    (HALF_CLOSED, TransportEvent.ABORTED): CLOSED,
    (CLOSING, TransportEvent.PEER_ENDED): CLOSED,
    (CLOSING, TransportEvent.ABORTED): ABORTED,
    (ABORTED, TransportEvent.PEER_ENDED): CLOSED,
    (ABORTED, TransportEvent.SERVER_ENDED): ABORTED,
    (ABORTED, TransportEvent.ABORTED): ABORTED,
    (CLOSED, TransportEvent.SERVER_ENDED): CLOSED,
    (CLOSED, TransportEvent.ABORTED): CLOSED,
}
"""The state after an event. A pair that is missing never happens.

Each side ends once. The server may abort at any time: even a connection that the hub
ends in the same turn, or one whose last bytes are still unsent.
"""
