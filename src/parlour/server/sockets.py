"""Sockets: listening, options, and the addresses of peers."""

import errno
import select
import socket
import struct
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import Final

from parlour.core.sessions.address_limits import network_of
from parlour.system.keepalive import Keepalive, set_keepalive

BACKLOG: Final = 4096  # connections that wait to be accepted; the system may cap it
LINGER: Final = 2.0  # seconds from our FIN until the peer must have sent its own
DRAIN: Final = 10.0  # seconds to send what is unsent when a connection closes

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
"""Errors of a port that is taken, or that the process may not use."""

PROBE_ADDRESSES: Final = {
    socket.AF_INET: (
        "192.0.2.1",
        "10.255.255.254",
        "172.31.255.254",
        "192.168.255.254",
    ),
    socket.AF_INET6: ("2001:db8::1", "fd00::1"),
}
"""Addresses behind different routes. Nothing is sent to them (RFC 5737)."""

RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # value for SO_LINGER


class ListenError(OSError):
    """The server cannot listen. The message names the address, reason and option."""

    @property
    def is_taken(self) -> bool:
        """Whether another socket listens on the address."""
        cause = self.__cause__
        return isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE


def listen(
    host: str, port: int, port_option: str = "--port", host_option: str = "--host"
) -> list[socket.socket]:
    """Return sockets that listen on every address of *host*, all on one port.

    Port 0 takes a free port. Addresses that this machine does not have are skipped
    if it has another. Raises ListenError, which names the option to change.
    """
    sockets: list[socket.socket] = []
    problem: OSError | None = None
    try:
        addresses = _addresses(host, port)
        for family, (name, number) in addresses:
            if sockets:  # the same port everywhere, also for port 0
                number = sockets[0].getsockname()[1]
            try:
                sockets.append(_listen(family, (name, number), len(addresses) > 1))
            except OSError as exc:
                problem = exc
                if exc.errno not in ADDRESS_ERRORS:
                    raise
        if problem is not None and not sockets:
            raise problem
    except OSError as exc:
        for sock in sockets:
            sock.close()
        where = f"{_bracketed(host)}:{port}"
        why = (exc.strerror or str(exc)).lower()
        option = port_option if exc.errno in PORT_ERRORS else host_option
        variable = f"PARLOUR_{option[2:].replace('-', '_').upper()}"
        raise ListenError(
            f"cannot listen on {where}: {why}; {option} (or {variable}) names another"
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


def name_of(address: tuple[str, int]) -> str:
    """Return *address* as ``host:port``, which is also how a new peer is called."""
    host = _unmapped(address[0])
    return f"{_bracketed(host)}:{address[1]}"


def own_addresses(listener: socket.socket) -> list[str]:
    """Return the addresses of this machine by which others may reach *listener*.

    They are the source addresses of its routes to other networks. This sends nothing
    and looks up no name.
    """
    families = [listener.family]
    if listener.family == socket.AF_INET6 and not listener.getsockopt(
        socket.IPPROTO_IPV6, socket.IPV6_V6ONLY
    ):
        families.insert(0, socket.AF_INET)
    found = (
        _source_address(family, target)
        for family in families
        for target in PROBE_ADDRESSES[family]
    )
    return list(dict.fromkeys(host for host in found if host and not is_loopback(host)))


def _source_address(family: socket.AddressFamily, target: str) -> str:
    """Return the address of this machine on the route to *target*; "" if none."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((target, 9))  # of a datagram socket: sends nothing
        return str(sock.getsockname()[0])
    return ""


def is_exempt(host: str) -> bool:
    """Return whether peers at *host* are exempt from the limits: on this machine.

    Only the usual addresses count: those of the rest of the loopback network are not
    exempt.
    """
    return _unmapped(host) in {"127.0.0.1", "::1"}


def limited_network(host: str) -> str:
    """Return the network whose limits apply to *host*; empty if it is exempt."""
    return "" if is_exempt(host) else network_of(host)


def is_loopback(host: str) -> bool:
    """Return whether *host*, a numeric address, is a loopback address."""
    try:
        return ip_address(_unmapped(host)).is_loopback
    except ValueError:
        return False


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except UnicodeError as exc:  # for example, a label is empty or too long
        raise OSError(errno.EINVAL, "it is not a host name") from exc
    unique = {(family, str(at[0]), int(at[1])): None for family, _, _, _, at in found}
    return [(family, (name, number)) for family, name, number in unique]


def _listen(family: int, address: tuple[str, int], has_siblings: bool) -> socket.socket:
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


def _unmapped(host: str) -> str:
    """Return the IPv4 address in *host* if that is an IPv4-mapped IPv6 address."""
    with suppress(ValueError):
        address = IPv6Address(host)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return host


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
