"""The addresses of peers and of this machine."""

import socket
from contextlib import suppress
from typing import Final

from parlour.core.loopback import is_loopback, unmapped
from parlour.core.ports import Peer
from parlour.core.sessions.address_limits import network_of

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

PROXY: Final = "proxy"
"""The quota that all users of a proxy on this machine share."""


def format_address(address: tuple[str, int]) -> str:
    """Return *address* as ``host:port``, which is also the first name of a peer."""
    host = unmapped(address[0])
    return f"{bracketed(host)}:{address[1]}"


def network_of_address(address: str) -> str:
    """Return the network of an *address* in the format of `format_address`."""
    return network_of(address.rpartition(":")[0].strip("[]"))


def own_addresses(listener: socket.socket) -> list[str]:
    """Return the addresses of this machine by which others may reach *listener*.

    They are the source addresses of its routes to other networks. This sends no
    packets and resolves no names.
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
        sock.connect((target, 9))  # sends nothing: it is a datagram socket
        return str(sock.getsockname()[0])
    return ""


def is_exempt(host: str) -> bool:
    """Return whether peers at *host* are exempt from the limits, as on this machine.

    The other addresses of the loopback network are not exempt.
    """
    return unmapped(host) in {"127.0.0.1", "::1"}


def limited_network(host: str) -> str:
    """Return the network whose limits apply to *host*; empty if it is exempt."""
    return "" if is_exempt(host) else network_of(host)


def quota_of(peer: Peer) -> str:
    """Return the quota that *peer* uses up, for example by registering an account.

    It is that of the peer's network. The users of a proxy on this machine share one
    quota, because they share its address. It is empty for any other exempt peer.
    """
    if peer.is_proxied and is_exempt(peer.host):
        return PROXY
    return limited_network(peer.host)


def is_secure(peer: Peer) -> bool:
    """Return whether nobody else can read the connection of *peer*.

    Passwords and keys are accepted from it. It has TLS, or is on this machine: a proxy
    there encrypts what it passes on, unless the browser says that it does not.
    """
    return (peer.is_encrypted or is_loopback(peer.host)) and not peer.is_plain


def bracketed(host: str) -> str:
    """Return *host* with brackets if it is an IPv6 address."""
    return f"[{host}]" if ":" in host else host
