"""TCP keepalive, by which the system detects a peer that vanished."""

import socket
from contextlib import suppress
from typing import NamedTuple


class Keepalive(NamedTuple):
    """The times and the number of probes of a silent peer."""

    idle: int
    """Seconds of silence before the first probe."""
    interval: int
    """Seconds between probes."""
    probes: int
    """Unanswered probes after which the connection is broken."""
    user_timeout: int
    """Milliseconds that sent data may go unacknowledged."""


def set_keepalive(sock: socket.socket, bounds: Keepalive) -> None:
    """Apply *bounds* to *sock*, as far as the system supports them.

    Where an option is missing, the system's default applies, which is hours. A
    connection that has already ended is not an error.
    """
    options = (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", bounds.idle),
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE", bounds.idle),  # on macOS
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", bounds.interval),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", bounds.probes),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", bounds.user_timeout),
    )
    for level, name, value in options:
        option = getattr(socket, name, None)
        if option is not None:
            with suppress(OSError):
                sock.setsockopt(level, option, value)
