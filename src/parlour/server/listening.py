"""Where a server and its page listen: also at the other address of ``localhost``.

Clients and browsers try both addresses of ``localhost``, 127.0.0.1 and ::1. If the
server left one of them free, any user of the machine could listen there, at the same
port, and receive the passwords and keys that are meant for the server.
"""

import errno
import socket as socket_module
from socket import socket
from typing import Final, NamedTuple

from .addresses import families_of, format_address, is_every_address
from .sockets import ADDRESS_ERRORS, listen, listen_at

LOCALHOST: Final = {
    int(socket_module.AF_INET): "127.0.0.1",
    int(socket_module.AF_INET6): "::1",
}
FREE_PORTS: Final = 20  # tries to find a port that is free at both addresses


class Bound(NamedTuple):
    """The sockets of one port."""

    own: list[socket]
    """At the addresses of its host; none if the port is off."""
    others: list[socket]
    """At the other address of ``localhost``, if the host has only one of them."""
    taken: str
    """That address, with the port, if another program has it."""

    @property
    def all(self) -> list[socket]:
        """All sockets on which to accept connections."""
        return [*self.own, *self.others]


OFF: Final = Bound([], [], "")
"""The sockets of a port that is off."""


def listen_on(
    host: str, port: int, port_option: str = "--port", host_option: str = "--host"
) -> Bound:
    """Listen on *host* as `sockets.listen` does, and on both of ``localhost``.

    The latter only if *host* is one of its addresses, or every address of one kind.
    """
    tries = FREE_PORTS if port == 0 else 1
    while True:
        own = listen(host, port, port_option, host_option)
        others, taken = _listen_at_other(own)
        tries -= 1
        if not taken or not tries:
            return Bound(own, others, taken)
        for sock in own:  # any other free port will do
            sock.close()


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
        if is_every_address(host) or host in LOCALHOST.values():
            found.update(families_of(sock))
    return found
