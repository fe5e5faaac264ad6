"""What a driver and a door of another kind than its own know of each other.

A driver lets connections in by its listening sockets. A *side door* lets others in,
such as pages in browsers, and carries their bytes itself: it tells the *hall*, which
is the driver, what they said, and the driver tells each of its *carriers* what is due.
"""

from collections.abc import Callable
from typing import Protocol

from .events import Refused, SessionId, Snapshot
from .sessions.admission import Rejected
from .sessions.closing import Ended
from .sessions.connection import ConnectionKind
from .storage import Page, Query


class Transport(Protocol):
    """What a side door holds of one connection. The driver calls."""

    address: str
    """What the peer is called; the driver sets it."""

    @property
    def unsent(self) -> int:
        """Bytes that wait in the transport."""
        ...

    def write(self, data: bytes) -> None:
        """Send *data*, whole lines; the hall hears if the transport is full."""
        ...

    def set_reading(self, *, on: bool) -> None:
        """Read from the peer, or let it wait."""
        ...

    def close_with(self, ended: Ended) -> None:
        """Part with the peer as *ended* says."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class Server(Protocol):
    """The chat, as a side door sees it. The door calls, in the loop that opened it."""

    def connect(
        self, transport: Transport, peer: tuple[str, int], kind: ConnectionKind
    ) -> SessionId | Rejected:
        """Take in a connection from the address *peer* whose first line has come."""
        ...

    def receive(self, session: SessionId, data: bytes) -> None:
        """Take in bytes; ``b""`` is the end."""
        ...

    def paused(self, session: SessionId, unsent: int) -> None:
        """Know that a transport is full."""
        ...

    def resumed(self, session: SessionId) -> None:
        """Know that a transport has drained."""
        ...

    def disconnect(self, session: SessionId) -> None:
        """Let go of a connection that is gone, once for each that was taken in."""
        ...

    def snapshot(self, done: Callable[[Snapshot], None]) -> None:
        """Call *done* with what is so now, from any thread. May be called from any."""
        ...

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with what the history has for *query*, in the same way.

        It is never called if nobody wants the answer any more when it would be read.
        *is_wanted* is called from any thread, and must not block.
        """
        ...


class Gateway(Protocol):
    """Another way in. Its sockets listen already."""

    async def open(self, server: Server) -> None:
        """Let connections in from now on, in the running loop."""
        ...

    def stop_accepting(self) -> None:
        """Let nobody in any more."""
        ...

    def abort(self) -> None:
        """Make everybody go at once."""
        ...

    async def close(self) -> None:
        """Return when everybody is gone; who stays too long is made to go."""
        ...
