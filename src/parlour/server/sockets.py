"""Listening, naming and setting up sockets."""

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
MAX_TURNED: Final = 32  # turned away and not gone yet; one more gets no time to go
LINGER: Final = 2.0  # seconds that a peer has to end its side after our FIN
DRAIN: Final = 10.0  # seconds that what is queued has to leave at the end

KEEPALIVE_IDLE: Final = 60  # seconds of silence before the first probe
KEEPALIVE_INTERVAL: Final = 15  # seconds between probes
KEEPALIVE_COUNT: Final = 4  # probes without an answer until the peer is dead
USER_TIMEOUT: Final = 30_000  # milliseconds that sent data may go unacknowledged
KEEPALIVE: Final = Keepalive(
    KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT, USER_TIMEOUT
)

ABSENT: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""What the system says of an address that this machine does not have."""

OF_THE_PORT: Final = {errno.EADDRINUSE, errno.EACCES, errno.EPERM}
"""What the system says of a port that somebody else has, or that one may not have."""

ELSEWHERE: Final = {
    socket.AF_INET: (
        "192.0.2.1",
        "10.255.255.254",
        "172.31.255.254",
        "192.168.255.254",
    ),
    socket.AF_INET6: ("2001:db8::1", "fd00::1"),
}
"""Places that are reached by different ways out. Nothing is sent there (RFC 5737)."""

RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # value for SO_LINGER


class ListenError(OSError):
    """Nothing listens: says on which address, and why."""

    @property
    def is_taken(self) -> bool:
        """Whether something else listens there."""
        cause = self.__cause__
        return isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE


def listen(
    host: str, port: int, port_option: str = "--port", host_option: str = "--host"
) -> list[socket.socket]:
    """Return sockets that listen on every address of *host*, all on one port.

    Port 0 takes a free one. An address that this machine lacks is left out as long
    as there is another. Raises ListenError, which names the option that helps.
    """
    sockets: list[socket.socket] = []
    problem: OSError | None = None
    try:
        addresses = _addresses(host, port)
        for family, (name, number) in addresses:
            if sockets:  # the same port everywhere, also where 0 was asked for
                number = sockets[0].getsockname()[1]
            try:
                sockets.append(_listen(family, (name, number), len(addresses) > 1))
            except OSError as exc:
                problem = exc
                if exc.errno not in ABSENT:
                    raise
        if problem is not None and not sockets:
            raise problem
    except OSError as exc:
        for sock in sockets:
            sock.close()
        where = f"{_bracketed(host)}:{port}"
        why = (exc.strerror or str(exc)).lower()
        option = port_option if exc.errno in OF_THE_PORT else host_option
        variable = f"PARLOUR_{option[2:].replace('-', '_').upper()}"
        raise ListenError(
            f"cannot listen on {where}: {why}; {option} (or {variable}) names another"
        ) from exc
    return sockets


def set_up(sock: socket.socket) -> None:
    """Let an accepted socket send at once, and find out when its peer is dead."""
    with suppress(OSError):  # the peer may be gone again
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    set_keepalive(sock, KEEPALIVE)


def holds_input(descriptor: int) -> bool:
    """Tell whether a socket holds bytes, or its peer's end, that were not read."""
    if descriptor < 0:
        return False  # it is closed
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def name_of(address: tuple[str, int]) -> str:
    """Return what the peer at *address* is called: ``host:port``."""
    host = _unmapped(address[0])
    return f"{_bracketed(host)}:{address[1]}"


def own_addresses(listener: socket.socket) -> list[str]:
    """Return the addresses of this machine by which others may reach *listener*.

    They are those that it uses on its ways out: the system is asked for a route, and
    nothing is sent, nor any name looked up.
    """
    families = [listener.family]
    if listener.family == socket.AF_INET6 and not listener.getsockopt(
        socket.IPPROTO_IPV6, socket.IPV6_V6ONLY
    ):
        families.insert(0, socket.AF_INET)
    found = (
        _way_out(family, there) for family in families for there in ELSEWHERE[family]
    )
    return list(dict.fromkeys(host for host in found if host and not is_loopback(host)))


def _way_out(family: socket.AddressFamily, there: str) -> str:
    """Return the address of this machine on the way to *there*, or ""."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((there, 9))  # no datagram is sent by that
        return str(sock.getsockname()[0])
    return ""


def is_exempt(host: str) -> bool:
    """Tell whether who connects from *host* is not bound to the rate: on this machine.

    Only by the usual addresses: the rest of the loopback network counts as away.
    """
    return _unmapped(host) in {"127.0.0.1", "::1"}


def limited_network(host: str) -> str:
    """Return the network whose limits *host* counts against; empty: it is exempt."""
    return "" if is_exempt(host) else network_of(host)


def is_loopback(host: str) -> bool:
    """Tell whether *host*, an address in digits, is this machine."""
    try:
        return ip_address(_unmapped(host)).is_loopback
    except ValueError:
        return False


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except UnicodeError as exc:  # as of an empty label, or one that is too long
        raise OSError(errno.EINVAL, "it is not a host name") from exc
    unique = {(family, str(at[0]), int(at[1])): None for family, _, _, _, at in found}
    return [(family, (name, number)) for family, name, number in unique]


def _listen(family: int, address: tuple[str, int], has_siblings: bool) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # alone, ``::`` takes in IPv4 as well
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, has_siblings)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _unmapped(host: str) -> str:
    """Return the IPv4 address inside an IPv6 one that maps it."""
    with suppress(ValueError):
        address = IPv6Address(host)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return host


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
