"""The hosts that requests may name, and the origins that may open a WebSocket.

A foreign site can resolve its own name to this machine (DNS rebinding), and it can
open a WebSocket to any address. So the host of a request must be allowed, and the
origin of a WebSocket must be the requested host or an allowed name.
"""

from collections.abc import Iterable
from typing import Final

from parlour.core.hosts import AllowedHosts, split_host
from parlour.core.loopback import is_own_name
from parlour.core.ports import Peer
from parlour.core.proxies import TrustedProxies

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}

ADVICE: Final = "Use its IP address, or start the server with this name in --web-allow."


class AllowedOrigins:
    """The *hosts* that requests may name, and the pages that may open a WebSocket.

    With *has_proxy*, a proxy on this machine passes on the requests of others. Those in
    *proxies* say in headers who has sent a request.
    """

    def __init__(
        self,
        allowed: Iterable[str] = (),
        *,
        has_proxy: bool = False,
        proxies: TrustedProxies = TrustedProxies(),  # noqa: B008 -- it is not changed
    ) -> None:
        self.hosts = AllowedHosts(allowed)
        self.proxies, self._has_proxy = proxies, has_proxy

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
        name, port = split_host(authority)
        if not name:
            return False
        is_allowed = name in self.hosts.names
        if is_allowed and not is_own_name(name):
            return True
        default = _DEFAULT_PORTS[scheme]
        host_name, host_port = split_host(host)
        is_same = (name, port or default) == (host_name, host_port or default)
        is_served = scheme == ("https" if has_tls else "http")
        return is_same and (is_served or is_allowed)

    def peer(self, sender: Peer, origin: str | None) -> Peer:
        """Return the *sender* of a request with what a page of *origin* says of it."""
        return sender._replace(
            is_proxied=self._has_proxy, is_plain=sender.is_plain or is_plain(origin)
        )


def is_plain(origin: str | None) -> bool:
    """Return whether what a page of *origin* sends crosses a network unencrypted.

    The browser knows what is between it and a proxy; the server does not. *origin* is
    None if nobody says so.
    """
    scheme, _, authority = (origin or "").lower().partition("://")
    return scheme == "http" and not is_own_name(split_host(authority)[0])


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
