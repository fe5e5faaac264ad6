"""By which names a page may be asked for, and from which pages a socket may come.

A foreign site can have its own name lead to this machine (DNS rebinding), and it can
open a WebSocket to any address. Neither gets in: a name must be known, and a socket
must come from a page of the very host that it asks for, or of an allowed name.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}

ADVICE: Final = (
    "Ask for it by its address, or start the server with that name in --web-allow."
)


class Hosts:
    """The names of this server: ``localhost``, any address, and those *allowed*.

    An address cannot be rebound, so every one is known: whoever sends it has reached
    this machine by it, or by a proxy that is asked to pass it on.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = {name.lower() for name in allowed}

    def knows(self, host: str | None) -> bool:
        """Tell whether *host*, as in the header, with a port or without, is one.

        None is a request of HTTP/1.0 without the header. No browser sends one, so no
        foreign site can have it sent; checks of load balancers do.
        """
        if host is None:
            return True
        name, _ = _parts(host)
        is_known = name == "localhost" or name in self._allowed
        return is_known or _address(name) is not None

    def is_own(self, origin: str | None, host: str) -> bool:
        """Tell whether a page of *origin* may open a socket to *host*.

        None is no page: a browser always tells. A page of an allowed name may come
        from any port and by TLS, for it is a proxy that listens there, and not every
        proxy passes on the port, or the name. At the addresses of loopback other
        programs listen at other ports, so there the port decides.
        """
        if origin is None:
            return True
        scheme, _, place = origin.partition("://")
        if scheme not in _DEFAULT_PORTS or place != place.lower():
            return False
        name, port = _parts(place)
        if not name:
            return False
        is_allowed = name in self._allowed
        if is_allowed and not _is_loopback(name):
            return True
        default = _DEFAULT_PORTS[scheme]
        asked_name, asked_port = _parts(host)
        is_same = (name, port or default) == (asked_name, asked_port or default)
        return is_same and (scheme == "http" or is_allowed)


def unknown(host: str | None) -> str:
    """Say that nobody knows the server by that name."""
    return f"This server is not known as {(host or '')[:100]!a}. {ADVICE}"


def foreign(origin: str, host: str) -> str:
    """Say that a page of *origin* may not open a socket to *host*."""
    return (
        f"This page is at {origin[:100]!a}, but the server was asked for as "
        f"{host[:100]!a}. A proxy has to pass on Host as it came, with its port, or "
        "the server has to be started with the page's name in --web-allow."
    )


def _parts(host: str) -> tuple[str, str]:
    """Return name and ``:port`` of *host* in lower case; empty if it is none at all."""
    found = _HOST.fullmatch(host.lower())
    return (found[1], found[2] or "") if found else ("", "")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        return ip_address(name.strip("[]"))
    return None


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return name == "localhost" or (address is not None and address.is_loopback)
