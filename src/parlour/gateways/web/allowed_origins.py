"""The hosts that requests may name, and the origins that may open a WebSocket.

A foreign site can resolve its own name to this machine (DNS rebinding), and it can
open a WebSocket to any address. So the host of a request must be allowed, and the
origin of a WebSocket must be the requested host or an allowed name.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from parlour.core.loopback import is_own_name
from parlour.core.ports import Peer

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}

ADVICE: Final = "Use its IP address, or start the server with this name in --web-allow."


class AllowedOrigins:
    """``localhost``, every IP address, and the names in *allowed*.

    IP addresses are safe: DNS rebinding needs a name. If the host of a request is an
    address, the request was sent to that address, or a proxy set it. With *has_proxy*,
    a proxy on this machine passes on the requests of others.
    """

    def __init__(self, allowed: Iterable[str] = (), *, has_proxy: bool = False) -> None:
        self._allowed = {name.lower() for name in allowed}
        self._has_proxy = has_proxy

    def allows(self, host: str | None) -> bool:
        """Return whether *host*, a Host header with or without a port, is allowed.

        *host* is None for an HTTP/1.0 request without the header. Load balancers send
        such requests; browsers do not, so a foreign site cannot cause one.
        """
        if host is None:
            return True
        name, _ = _split(host)
        is_known = name == "localhost" or name in self._allowed
        return is_known or _is_address(name)

    def allows_origin(
        self, origin: str | None, host: str, *, has_tls: bool = False
    ) -> bool:
        """Return whether a page of *origin* may open a WebSocket to *host*.

        *origin* is None for programs other than browsers, which always send one. The
        scheme must be that of the request, which *has_tls* or not. Pages
        of an allowed name may use any port and TLS, because a proxy serves them and may
        not pass on the port or the name. On a loopback address the port must match,
        because other programs listen on other ports.
        """
        if origin is None:
            return True
        scheme, _, authority = origin.partition("://")
        if scheme not in _DEFAULT_PORTS or authority != authority.lower():
            return False
        name, port = _split(authority)
        if not name:
            return False
        is_allowed = name in self._allowed
        if is_allowed and not is_own_name(name):
            return True
        default = _DEFAULT_PORTS[scheme]
        host_name, host_port = _split(host)
        is_same = (name, port or default) == (host_name, host_port or default)
        is_served = scheme == ("https" if has_tls else "http")
        return is_same and (is_served or is_allowed)

    def peer(
        self, address: tuple[str, int], origin: str | None, *, has_tls: bool = False
    ) -> Peer:
        """Return who sends a request from *address*, for a page of *origin*."""
        host, port = address
        return Peer(host, port, self._has_proxy, is_plain(origin), has_tls)


def is_plain(origin: str | None) -> bool:
    """Return whether what a page of *origin* sends crosses a network unencrypted.

    The browser knows what is between it and a proxy; the server does not. *origin* is
    None if nobody says so.
    """
    scheme, _, authority = (origin or "").lower().partition("://")
    return scheme == "http" and not is_own_name(_split(authority)[0])


def unknown_host(host: str | None) -> str:
    """Return why a request for *host* is refused."""
    return f"This server does not serve the host {(host or '')[:100]!a}. {ADVICE}"


def foreign_origin(origin: str, host: str) -> str:
    """Return why a page of *origin* may not open a WebSocket to *host*."""
    return (
        f"This page comes from {origin[:100]!a}, but its request is for the host "
        f"{host[:100]!a}. Let the proxy pass on Host unchanged, with its port, or "
        "start the server with the name of the page in --web-allow."
    )


def _split(host: str) -> tuple[str, str]:
    """Return the name and ``:port`` of *host* in lower case; both empty if invalid."""
    found = _HOST.fullmatch(host.lower())
    return (found[1], found[2] or "") if found else ("", "")


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
