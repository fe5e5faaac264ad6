"""Sockets: listening, and the options of accepted sockets."""

import errno
import select
import socket
import struct
from contextlib import suppress
from typing import Final

from parlour.system.keepalive import Keepalive, set_keepalive

from .addresses import bracketed
from .config import CHAT, PortNames

BACKLOG: Final = 4096  # connections that wait to be accepted; the system may cap it
FIN_TIMEOUT: Final = 2.0  # seconds to wait for the peer's FIN after sending one
CLOSE_TIMEOUT: Final = 10.0  # seconds to send unsent bytes when a connection closes

KEEPALIVE_IDLE: Final = 60  # seconds of silence before the first probe
KEEPALIVE_INTERVAL: Final = 15  # seconds between probes
KEEPALIVE_COUNT: Final = 4  # unanswered probes after which the peer is dead
USER_TIMEOUT: Final = 30_000  # milliseconds that sent data may stay unacknowledged
KEEPALIVE: Final = Keepalive(
    KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT, USER_TIMEOUT
)

ADDRESS_ERRORS: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""Errors of an address that this machine does not have."""

PORT_ERRORS: Final = {errno.EADDRINUSE, errno.EACCES, errno.EPERM}
"""Errors of a port that is in use, or that the process may not use."""

RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # value for SO_LINGER


class ListenError(OSError):
    """The server cannot listen. The message names the address, reason and option."""

    @property
    def is_in_use(self) -> bool:
        """Whether another socket listens on the address."""
        cause = self.__cause__
        return isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE


def listen(host: str, port: int, names: PortNames = CHAT) -> list[socket.socket]:
    """Return sockets that listen on every address of *host*, all on one port.

    Port 0 selects any free port. Addresses that this machine does not have are skipped
    if it has another. Raises ListenError, which says which of *names* to change.
    """
    sockets: list[socket.socket] = []
    problem: OSError | None = None
    try:
        addresses = _addresses(host, port)
        for family, (name, number) in addresses:
            if sockets:  # the same port everywhere, even for port 0
                number = sockets[0].getsockname()[1]
            try:
                at, has_siblings = (name, number), len(addresses) > 1
                sockets.append(listen_at(family, at, has_siblings=has_siblings))
            except OSError as exc:
                problem = exc
                if exc.errno not in ADDRESS_ERRORS:
                    raise
        if problem is not None and not sockets:
            raise problem
    except OSError as exc:
        for sock in sockets:
            sock.close()
        where = f"{bracketed(host)}:{port}"
        why = (exc.strerror or str(exc)).lower()
        setting = names.port if exc.errno in PORT_ERRORS else names.host
        variable = f"PARLOUR_{setting.replace('-', '_').upper()}"
        raise ListenError(
            f"cannot listen on {where}: {why}; "
            f"choose another with --{setting} or {variable}"
        ) from exc
    return sockets


def set_up(sock: socket.socket) -> None:
    """Disable Nagle's algorithm and enable keepalive on an accepted socket."""
    with suppress(OSError):  # the peer may have disconnected
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    set_keepalive(sock, KEEPALIVE)


def has_unread_input(descriptor: int) -> bool:
    """Return whether a socket holds bytes, or its peer's FIN, that were not read."""
    if descriptor < 0:
        return False  # the socket is closed
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except UnicodeError as exc:  # for example, a label is empty or too long
        raise OSError(errno.EINVAL, "it is not a host name") from exc
    unique = {(family, str(at[0]), int(at[1])): None for family, _, _, _, at in found}
    return [(family, (name, number)) for family, name, number in unique]


def listen_at(
    family: int, address: tuple[str, int], *, has_siblings: bool
) -> socket.socket:
    """Return a socket that listens at a numeric *address*. Raises OSError.

    It *has_siblings* if IPv4 has a socket of its own.
    """
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # alone, ``::`` accepts IPv4 too
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, has_siblings)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock
