"""The sockets on which a server listens, also at the other address of ``localhost``.

Clients and browsers try both addresses of ``localhost``, 127.0.0.1 and ::1. If the
server left one of them free, any user of the machine could listen there, at the same
port, and receive the passwords and keys that are meant for the server.
"""

import errno
import socket as socket_module
from collections.abc import Sequence
from socket import socket
from typing import Final, NamedTuple, Self

from .addresses import (
    Addresses,
    addresses_of,
    families_of,
    format_address,
    is_every_address,
)
from .config import (
    CHAT,
    CHAT_TLS,
    OPS,
    PAGE,
    PAGE_TLS,
    WEB_PORT,
    Config,
    PortNames,
    Web,
)
from .sockets import ADDRESS_ERRORS, ListenError, listen, listen_at
from .systemd.socket_activation import ActivationError, Inherited, unused

LOCALHOST: Final = {
    int(socket_module.AF_INET): "127.0.0.1",
    int(socket_module.AF_INET6): "::1",
}
NEARBY_PORTS: Final = 20  # ports to try if `WEB_PORT` is in use, itself included
FREE_PORTS: Final = 20  # tries to find a port that is free at both addresses


class Listener(NamedTuple):
    """The sockets of one port; it has none if the port is off."""

    own: Sequence[socket] = ()
    """At the addresses of its host."""
    others: Sequence[socket] = ()
    """At the other address of ``localhost``, if the host has only one of them."""
    taken: str = ""
    """That address, with the port, if another program has it."""

    @classmethod
    def open(cls, host: str, port: int, names: PortNames = CHAT) -> Self:
        """Listen on *host* as `sockets.listen` does, and on both of ``localhost``.

        The latter only if *host* is one of its addresses, or every address of one kind.
        """
        tries = FREE_PORTS if port == 0 else 1
        while True:
            own = listen(host, port, names)
            found = cls(own, *_listen_at_other(own))
            tries -= 1
            if not found.taken or not tries:
                return found
            found.close()  # any other free port will do

    @classmethod
    def take_over(cls, sockets: Sequence[socket]) -> Self:
        """Use *sockets*, which already listen."""
        return cls(sockets)

    @property
    def all(self) -> list[socket]:
        """All sockets on which to accept connections."""
        return [*self.own, *self.others]

    @property
    def addresses(self) -> Addresses:
        """The addresses of its host."""
        return addresses_of(self.own)

    @property
    def port(self) -> int:
        """The number of the port."""
        number: int = self.own[0].getsockname()[1]
        return number

    def close(self) -> None:
        """Stop listening."""
        for sock in self.all:
            sock.close()


OFF: Final = Listener()
"""The listener of a port that is off."""


class Listeners(NamedTuple):
    """The listeners of a server: without TLS and with it, and for whoever watches."""

    plain: Listener = OFF
    tls: Listener = OFF
    page: Listener = OFF
    page_tls: Listener = OFF
    ops: Listener = OFF
    """For health checks and metrics."""
    is_fallback_port: bool = False
    """Whether the default port of the page was in use, so that it has another."""

    @property
    def taken(self) -> list[str]:
        """The other addresses of ``localhost`` that other programs have."""
        ports = self.plain, self.tls, self.page, self.page_tls
        return [each.taken for each in ports if each.taken]

    @property
    def chat_port(self) -> int:
        """The port by which the commands for the operator name the server."""
        return (self.plain if self.plain.own else self.tls).port

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the chat and the page."""
        ports = self.plain, self.tls, self.page, self.page_tls
        return all(each.addresses.is_local for each in ports)


def open_listeners(config: Config, inherited: Inherited) -> Listeners:
    """Listen as *config* says, or on the *inherited* sockets of the same purpose.

    Raises `sockets.ListenError`, and ActivationError if one of them has no purpose.
    """
    left = dict(inherited)

    def opened(names: PortNames, host: str, port: int | None) -> Listener:
        if port is None:
            return OFF
        given = left.pop(names.socket, None)
        return Listener.take_over(given) if given else Listener.open(host, port, names)

    web, tls, ops = config.web, config.tls, config.ops
    found = Listeners(
        plain=opened(CHAT, config.host, config.port),
        tls=opened(CHAT_TLS, config.host, tls.port) if tls is not None else OFF,
    )
    if web is not None:
        if web.has_plain_port:
            if given := left.pop(PAGE.socket, None):
                page, is_fallback_port = Listener.take_over(given), False
            else:
                page, is_fallback_port = _open_page(web)
            found = found._replace(page=page, is_fallback_port=is_fallback_port)
        found = found._replace(page_tls=opened(PAGE_TLS, web.host, web.tls_port))
    if ops is not None:  # nobody sends secrets there
        found = found._replace(ops=Listener(listen(ops.host, ops.port, OPS)))
    for name in left:
        raise ActivationError(unused(name))
    return found


def _open_page(web: Web) -> tuple[Listener, bool]:
    """Listen for browsers without TLS; return also whether the port is another one."""
    try:
        port = WEB_PORT if web.port is None else web.port
        return Listener.open(web.host, port, PAGE), False
    except ListenError as exc:
        if web.port is not None or not exc.is_in_use:
            raise
        return _open_nearby(web.host, WEB_PORT), True


def _open_nearby(host: str, taken: int) -> Listener:
    """Listen on one of the next ports, or on any free one.

    It is the same after a restart, if nothing else has changed, so that pages return.
    """
    for port in range(taken + 1, taken + NEARBY_PORTS):
        try:
            return Listener.open(host, port, PAGE)
        except ListenError as exc:
            if not exc.is_in_use:
                raise
    return Listener.open(host, 0, PAGE)


def _listen_at_other(own: Sequence[socket]) -> tuple[list[socket], str]:
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


def _families(own: Sequence[socket]) -> set[int]:
    """Return the families of the addresses of ``localhost`` that reach *own*."""
    found = set[int]()
    for sock in own:
        host = sock.getsockname()[0]
        if is_every_address(host) or host in LOCALHOST.values():
            found.update(families_of(sock))
    return found
