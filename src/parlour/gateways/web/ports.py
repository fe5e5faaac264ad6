"""What a connection of a browser asks of the door that let it in."""

from typing import TYPE_CHECKING, Protocol

from parlour.core.ports import Server
from parlour.core.sessions.connection import ConnectionKind

from .allowed_hosts import Hosts
from .scheduler import Turns

if TYPE_CHECKING:
    from .websocket import WebSocket


class Owner(Protocol):
    """The door that a WebSocket belongs to."""

    hosts: Hosts
    connection_kind: ConnectionKind
    is_shut: bool
    turns: Turns
    """Pages with input, each of which takes in a slice when it is its turn."""

    @property
    def hall(self) -> Server:
        """The chat."""
        ...

    def now(self) -> float:
        """Return the time of the loop."""
        ...

    def frame(self, data: bytes) -> bytes:
        """Return a text frame with *data*, the same object for the same object."""
        ...

    def hold(self, page: "WebSocket", size: int) -> None:
        """Record that the server holds *size* bytes of *page* that were not heard."""
        ...

    def settle(self, page: "WebSocket") -> None:
        """Record that *page* has a session: only the chat's limits apply to it now."""
        ...

    def forget(self, connection: "WebSocket") -> None:
        """Record that a connection is gone."""
        ...
