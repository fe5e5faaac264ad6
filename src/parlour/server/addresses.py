"""The addresses of peers, of listeners and of this machine."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.core.loopback import is_loopback, unmapped
from parlour.core.ports import Peer
from parlour.core.sessions.address_limits import network_of

PROBE_ADDRESSES: Final[dict[int, tuple[str, ...]]] = {
    socket.AF_INET: (
        "192.0.2.1",
        "10.255.255.254",
        "172.31.255.254",
        "192.168.255.254",
    ),
    socket.AF_INET6: ("2001:db8::1", "fd00::1"),
}
"""Addresses behind different routes. Nothing is sent to them (RFC 5737)."""

EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- not bound here
"""Hosts of listeners on every address, and where this machine reaches them."""

PROXY: Final = "proxy"
"""The quota that all users of a proxy on this machine share."""


def format_address(address: tuple[str, int]) -> str:
    """Return *address* as ``host:port``, which is also the first name of a peer."""
    host = unmapped(address[0])
    return f"{bracketed(host)}:{address[1]}"


def network_of_address(address: str) -> str:
    """Return the network of an *address* in the format of `format_address`."""
    return network_of(address.rpartition(":")[0].strip("[]"))


class Addresses(NamedTuple):
    """The addresses of some listeners."""

    bound: Sequence[str] = ()
    """Those on which they listen."""
    reachable: Sequence[str] = ()
    """Those for other machines, if they listen on every address."""
    is_local: bool = True
    """Whether they listen for this machine only, or there are none."""

    @property
    def first(self) -> str:
        """The address to tell others."""
        return (*self.reachable, *self.bound)[0]


def addresses_of(listeners: Sequence[socket.socket]) -> Addresses:
    """Return the addresses of *listeners*, and those of this machine for others."""
    names = [sock.getsockname()[:2] for sock in listeners]
    return Addresses(
        [format_address(name) for name in names],
        [
            format_address((host, name[1]))
            for sock, name in zip(listeners, names, strict=True)
            if is_every_address(name[0])
            for host in own_addresses(sock)
        ],
        all(is_loopback(host) for host, _ in names),
    )


def local_address(address: str) -> tuple[str, str]:
    """Return host and port at which this machine reaches a listener on *address*."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    return EVERY_ADDRESS.get(host, host), port


def is_every_address(host: str) -> bool:
    """Return whether a listener on *host* listens on every address of its family."""
    return host in EVERY_ADDRESS


def families_of(listener: socket.socket) -> list[int]:
    """Return the families of the addresses at which peers reach *listener*."""
    is_dual = (
        listener.family == socket.AF_INET6
        and is_every_address(listener.getsockname()[0])
        and not listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    )
    return [socket.AF_INET, socket.AF_INET6] if is_dual else [listener.family]


def own_addresses(listener: socket.socket) -> list[str]:
    """Return the addresses of this machine by which others may reach *listener*.

    They are the source addresses of its routes to other networks. This sends no
    packets and resolves no names.
    """
    return addresses_of_machine(families_of(listener))


def addresses_of_machine(families: Sequence[int] = tuple(PROBE_ADDRESSES)) -> list[str]:
    """Return the addresses by which others may reach this machine, as `own_addresses`.

    They are those of the *families*.
    """
    found = (
        _source_address(family, target)
        for family in families
        for target in PROBE_ADDRESSES[family]
    )
    return list(dict.fromkeys(host for host in found if host and not is_loopback(host)))


def _source_address(family: int, target: str) -> str:
    """Return the address of this machine on the route to *target*; "" if none."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((target, 9))  # sends nothing: it is a datagram socket
        return str(sock.getsockname()[0])
    return ""


def is_exempt(host: str) -> bool:
    """Return whether peers at *host* are exempt from the limits, as on this machine.

    The other addresses of the loopback network are not exempt.
    """
    return unmapped(host) in {"127.0.0.1", "::1"}


def limited_network(peer: Peer) -> str:
    """Return the network whose limits and bans apply to *peer*; empty if it is exempt.

    An address that a proxy has reported is never exempt: whoever has it there is not
    on this machine, or comes through something else on it.
    """
    is_here = is_exempt(peer.host) and not peer.is_reported
    return "" if is_here else network_of(peer.host)


def quota_of(peer: Peer) -> str:
    """Return the quota that *peer* uses up, for example by registering an account.

    It is that of the peer's network. The users of a proxy on this machine share one
    quota, if they share its address. It is empty for any other exempt peer.
    """
    if (peer.is_proxied or peer.is_reported) and is_exempt(peer.host):
        return PROXY
    return limited_network(peer)


def is_secure(peer: Peer) -> bool:
    """Return whether nobody else can read the connection of *peer*.

    Passwords and keys are accepted from it. It has TLS, or is on this machine: a proxy
    there encrypts what it passes on, unless the browser says that it does not. What a
    trusted proxy reports says itself whether it has TLS.
    """
    is_here = is_loopback(peer.host) and not peer.is_reported
    return (peer.is_encrypted or is_here) and not peer.is_plain


def bracketed(host: str) -> str:
    """Return *host* with brackets if it is an IPv6 address."""
    return f"[{host}]" if ":" in host else host
