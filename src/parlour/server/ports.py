"""Ports within the server. Those between drivers and gateways are in `core.ports`."""

from collections.abc import Callable
from socket import socket
from typing import Literal, Protocol

from parlour.core.ports import Gateway


class Driver(Protocol):
    """What signals ask of a driver: of `AsyncioDriver` or `ThreadedDriver`."""

    def stop(self) -> None:
        """Close every connection in order; abort them all when called again."""

    def hang_up(self) -> None:
        """Close every connection in order, however often it is called.

        The shell and the system may both send the signal.
        """

    def report(self) -> None:
        """Print a page of state."""


class GatewayFactory(Protocol):
    """A callable that makes the gateway of the page, on sockets that already listen."""

    def __call__(
        self,
        listeners: list[socket],
        mode: Literal["read", "write"],
        *,
        max_pages: int,
        invitation: str,
        set_up: Callable[[socket], None],
        network_of: Callable[[str], str],
    ) -> Gateway: ...
