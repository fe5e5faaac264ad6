"""Where a server and its page listen: also at the other address of ``localhost``.

Clients and browsers try both addresses of ``localhost``, 127.0.0.1 and ::1. If the
server left one of them free, any user of the machine could listen there, at the same
port, and receive the passwords and keys that are meant for the server.
"""

import errno
import socket as socket_module
from socket import socket
from typing import Final, NamedTuple

from parlour.core.loopback import is_loopback

from .addresses import format_address, own_addresses
from .config import WEB_PORT, Web
from .sockets import ADDRESS_ERRORS, ListenError, listen, listen_at
from .status_report import PageFacts

LOCALHOST: Final = {
    int(socket_module.AF_INET): "127.0.0.1",
    int(socket_module.AF_INET6): "::1",
}
EVERY_ADDRESS: Final = {"0.0.0.0", "::"}  # noqa: S104 -- not bound here
NEARBY_PORTS: Final = 20  # ports to try if `WEB_PORT` is in use, itself included
FREE_PORTS: Final = 20  # tries to find a port that is free at both addresses


class Listeners(NamedTuple):
    """The sockets of a server or a page."""

    own: list[socket]
    """At the addresses of its host, at least one."""
    others: list[socket]
    """At the other address of ``localhost``, if the host has only one of them."""
    taken: str
    """That address, with the port, if another program has it."""

    @property
    def all(self) -> list[socket]:
        """All sockets on which to accept connections."""
        return [*self.own, *self.others]

    @property
    def addresses(self) -> list[str]:
        """The addresses of the host, with the port."""
        return [format_address(sock.getsockname()) for sock in self.own]

    @property
    def reachable(self) -> list[str]:
        """The addresses for other machines, if it listens on every address."""
        return [
            format_address((host, sock.getsockname()[1]))
            for sock in self.own
            if sock.getsockname()[0] in EVERY_ADDRESS
            for host in own_addresses(sock)
        ]

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return all(is_loopback(sock.getsockname()[0]) for sock in self.own)


def listen_on(
    host: str, port: int, port_option: str = "--port", host_option: str = "--host"
) -> Listeners:
    """Listen on *host* as `sockets.listen` does, and on both of ``localhost``.

    The latter only if *host* is one of its addresses, or every address of one kind.
    """
    tries = FREE_PORTS if port == 0 else 1
    while True:
        own = listen(host, port, port_option, host_option)
        others, taken = _listen_at_other(own)
        tries -= 1
        if not taken or not tries:
            return Listeners(own, others, taken)
        for sock in own:  # any other free port will do
            sock.close()


def listen_for_pages(web: Web) -> PageFacts:
    """Listen for browsers. Raises `sockets.ListenError`."""
    is_fallback_port = False
    try:
        port = WEB_PORT if web.port is None else web.port
        listeners = listen_on(web.host, port, "--web-port", "--web-host")
    except ListenError as exc:
        if web.port is not None or not exc.is_in_use:
            raise
        listeners, is_fallback_port = _listen_nearby(web.host, port), True
    mode = web.mode or ("write" if listeners.is_local else "read")
    return PageFacts(
        listeners.all,
        listeners.addresses,
        mode,
        listeners.is_local,
        is_fallback_port,
        listeners.reachable,
        web.proxied if listeners.is_local else (),
        listeners.taken,
    )


def _listen_nearby(host: str, taken: int) -> Listeners:
    """Listen on one of the next ports, or on any free one.

    It is the same after a restart, if nothing else has changed, so that pages return.
    """
    for port in range(taken + 1, taken + NEARBY_PORTS):
        try:
            return listen_on(host, port)
        except ListenError as exc:
            if not exc.is_in_use:
                raise
    return listen_on(host, 0)


def _listen_at_other(own: list[socket]) -> tuple[list[socket], str]:
    """Listen at the address of ``localhost`` that *own* has not, if it has the other.

    Returns the sockets, and the address if it is in use.
    """
    missing = LOCALHOST.keys() - _families(own)
    if len(missing) != 1:
        return [], ""
    (family,) = missing
    address = (LOCALHOST[family], own[0].getsockname()[1])
    try:
        return [listen_at(family, address, has_siblings=True)], ""
    except OSError as exc:
        is_missing = exc.errno in ADDRESS_ERRORS | {errno.EPROTONOSUPPORT}
        return [], "" if is_missing else format_address(address)


def _families(own: list[socket]) -> set[int]:
    """Return the families of the addresses of ``localhost`` that reach *own*."""
    found = set[int]()
    for sock in own:
        host = sock.getsockname()[0]
        if host in EVERY_ADDRESS or host == LOCALHOST[sock.family]:
            found.add(sock.family)
        if host == "::" and not sock.getsockopt(
            socket_module.IPPROTO_IPV6, socket_module.IPV6_V6ONLY
        ):
            found.add(socket_module.AF_INET)
    return found
