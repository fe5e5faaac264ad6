"""Who sends a request that proxies have passed on, by their headers.

Each proxy appends the address of its peer to ``X-Forwarded-For``, so only the entries
at the end are the word of trusted proxies; what is before them, anybody may have sent.
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Final

from parlour.core.loopback import unmapped
from parlour.core.ports import Peer
from parlour.core.proxies import TrustedProxies

FORWARDED_FOR: Final = "x-forwarded-for"
FORWARDED_PROTO: Final = "x-forwarded-proto"
MAX_PROXIES: Final = 16  # that a request may have passed
ENCRYPTED: Final = frozenset({"https", "wss"})


def find_sender(
    proxies: TrustedProxies,
    address: tuple[str, int],
    addresses: Sequence[str],
    protocols: Sequence[str],
    *,
    has_tls: bool,
) -> Peer:
    """Return who sends a request that came from *address*, which *has_tls* or not.

    *addresses* and *protocols* are the values of the headers ``X-Forwarded-For`` and
    ``X-Forwarded-Proto``. They count if *address* is that of a trusted proxy.
    """
    host, port = address
    sender = Peer(host, port, is_encrypted=has_tls)
    if host not in proxies:
        return sender
    if addresses:
        sender = _reported(proxies, sender, addresses)
    if protocols:
        is_encrypted = all(each.lower() in ENCRYPTED for each in _entries(protocols))
        return sender._replace(is_encrypted=is_encrypted, is_plain=not is_encrypted)
    # A proxy that says who sends the request, but not how, does not vouch for TLS.
    return sender._replace(is_encrypted=False) if addresses else sender


def forwarded_headers(headers: Iterable[tuple[bytes, bytes]], name: str) -> list[str]:
    """Return the values of the headers called *name*, in lower case, in order."""
    return [value.decode("latin-1") for key, value in headers if key == name.encode()]


def _reported(proxies: TrustedProxies, proxy: Peer, addresses: Sequence[str]) -> Peer:
    """Return who has sent a request to the first trusted *proxy*, from the last one.

    An entry that is no address is the end of what is known: the proxy that has written
    it hides who is behind it.
    """
    sender = proxy._replace(is_reported=True)
    for entry in reversed(_entries(addresses)[-MAX_PROXIES:]):
        found = _address(entry)
        if found is None:
            break
        host, port = found
        # Without a port, that of the proxy's connection tells two users apart.
        sender = sender._replace(host=host, port=proxy.port if port is None else port)
        if host not in proxies:
            break
    return sender


def _entries(values: Sequence[str]) -> list[str]:
    """Return the entries of a header that may be repeated (RFC 9110, 5.3)."""
    return [entry.strip(" \t") for entry in ",".join(values).split(",")]


def _address(entry: str) -> tuple[str, int | None] | None:
    """Return the address in an entry and its port, if it has one; None if invalid."""
    host, port = entry, ""
    if entry.startswith("["):
        host, bracket, port = entry[1:].partition("]")
        if not bracket or ":" not in host or (port and not port.startswith(":")):
            return None
        port = port[1:]
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    if port and not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    try:
        if "%" in host:  # a zone means nothing here
            return None
        address = unmapped(str(ip_address(host)))
    except ValueError:
        return None
    number = int(port) if port else None
    return None if number is not None and number > 65_535 else (address, number)
