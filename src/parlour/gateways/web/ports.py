"""The interfaces between the gateway and its connections."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from parlour.core.ports import Peer, Server
from parlour.core.sessions.connection import ConnectionKind

from .allowed_origins import AllowedOrigins
from .scheduler import InputScheduler


class Connection(Protocol):
    """A connection of a browser, as the gateway sees it."""

    deadline: float | None
    """When the gateway aborts the connection, by the clock of the loop."""

    def shutdown(self) -> None:
        """Close the connection once no request is in progress."""
        ...

    def abort(self) -> None:
        """Close the connection at once."""
        ...


class Gateway(Protocol):
    """The gateway, as a WebSocket sees it."""

    origins: AllowedOrigins
    prefix: str
    """The path under which everything is served; "" for none."""
    connection_kind: ConnectionKind
    is_closing: bool
    signs_in: bool
    """Whether a page with a key is a session of the account, and may write."""
    scheduler: InputScheduler

    @property
    def requires_account(self) -> bool:
        """Whether only people who have signed in may open a page."""
        ...

    @property
    def server(self) -> Server:
        """The chat."""
        ...

    def now(self) -> float:
        """Return the time of the loop."""
        ...

    def text_frame(self, data: bytes) -> bytes:
        """Return a text frame with *data*.

        Consecutive calls with the same object return the same frame.
        """
        ...

    def set_input_size(self, connection: Connection, size: int) -> None:
        """Record that *connection* has *size* bytes of unprocessed input."""
        ...

    def count(self, page: Connection, peer: Peer) -> bool:
        """Count *page* against the limit of *peer*, which a proxy has reported.

        Return whether it is within the limit.
        """
        ...

    def release_address(self, connection: Connection) -> None:
        """Stop counting *connection*, now a session, against its address's limit."""
        ...

    def remove(self, connection: Connection) -> None:
        """Record that *connection* is closed."""
        ...


class TLSAcceptor(Protocol):
    """What shakes hands with browsers that connect with TLS, before the gateway."""

    def protocol_factory(
        self, make_protocol: Callable[[], asyncio.Protocol]
    ) -> Callable[[], asyncio.BaseProtocol]:
        """Return a factory for `create_server`.

        A connection gets a protocol of *make_protocol* after its handshake.
        """
        ...

    def abort_handshakes(self) -> None:
        """Abort the handshakes in progress."""
        ...


MakeAcceptor = Callable[[asyncio.AbstractEventLoop, Callable[[Peer], str]], TLSAcceptor]
"""Makes an acceptor for a loop, and for the networks whose limits peers share."""
