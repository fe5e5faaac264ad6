"""The sockets on which a server listens, also at the other address of ``localhost``.

Clients and browsers try both addresses of ``localhost``, 127.0.0.1 and ::1. If the
server left one of them free, any user of the machine could listen there, at the same
port, and receive the passwords and keys that are meant for the server.
"""

import errno
import socket as socket_module
from collections.abc import Sequence
from contextlib import ExitStack
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
UNAVAILABLE: Final = ADDRESS_ERRORS | {errno.EPROTONOSUPPORT, errno.EACCES}
"""Errors of an address that no other user of the machine can take either."""

NEARBY_PORTS: Final = 20  # ports to try if `WEB_PORT` is in use, itself included
FREE_PORTS: Final = 20  # tries to find a port that is free at both addresses


class Listener(NamedTuple):
    """The sockets of one port; it has none if the port is off."""

    own: Sequence[socket] = ()
    """At the addresses of its host."""
    others: Sequence[socket] = ()
    """At the other address of ``localhost``, if the host has only one of them."""
    taken: Sequence[str] = ()
    """That address, with the port, if another program has it."""

    @classmethod
    def open(cls, host: str, port: int, names: PortNames = CHAT) -> Self:
        """Listen on *host* as `sockets.listen` does, and on both of ``localhost``.

        The latter only if *host* is one of its addresses, or every address of one kind.
        """
        tries = FREE_PORTS if port == 0 else 1
        while True:
            found = cls.take_over(listen(host, port, names))
            tries -= 1
            if not found.taken or not tries:
                return found
            found.close()  # any other free port will do

    @classmethod
    def take_over(cls, sockets: Sequence[socket]) -> Self:
        """Use *sockets*, which already listen, and listen on both of ``localhost``.

        The service manager may have one port, or several.
        """
        others, taken = list[socket](), list[str]()
        for address in _addresses_left(sockets):
            try:
                others.append(listen_at(*address, has_siblings=True))
            except OSError as exc:
                if exc.errno not in UNAVAILABLE:
                    taken.append(format_address(address[1]))
        return cls(sockets, others, taken)

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
        return [address for each in ports for address in each.taken]

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
    Nothing listens then.
    """
    with ExitStack() as opened:
        ports = _Ports(dict(inherited), opened)
        web, tls, ops = config.web, config.tls, config.ops
        found = Listeners(plain=ports.open(CHAT, config.host, config.port))
        if tls is not None:
            found = found._replace(tls=ports.open(CHAT_TLS, config.host, tls.port))
        if web is not None:
            page, is_fallback_port = ports.open_page(web)
            page_tls = ports.open(PAGE_TLS, web.host, web.tls_port)
            found = found._replace(page=page, page_tls=page_tls)
            found = found._replace(is_fallback_port=is_fallback_port)
        if ops is not None:  # nobody sends secrets there
            own = listen(ops.host, ops.port, OPS)
            found = found._replace(ops=ports.keep(Listener(own)))
        for name in ports.inherited:
            raise ActivationError(unused(name))
        opened.pop_all()
        return found


class _Ports:
    """Opens the ports of a server, or takes over *inherited* ones.

    What is left of these was not used. *opened* closes all listeners.
    """

    def __init__(self, inherited: dict[str, list[socket]], opened: ExitStack) -> None:
        self.inherited, self._opened = inherited, opened

    def keep(self, listener: Listener) -> Listener:
        """Let *opened* close a listener, and return it."""
        self._opened.callback(listener.close)
        return listener

    def open(self, names: PortNames, host: str, port: int | None) -> Listener:
        """Listen on a port, or take it over; a *port* of None is off."""
        if port is None:
            return OFF
        if given := self.inherited.pop(names.socket, None):
            return self.keep(Listener.take_over(given))
        return self.keep(Listener.open(host, port, names))

    def open_page(self, web: Web) -> tuple[Listener, bool]:
        """Listen for browsers without TLS; return also whether the port is another one.

        Without a port in the configuration, it is the first that is free, so that it is
        the same after a restart, if nothing else has changed, and pages return.
        """
        if not web.has_plain_port:
            return OFF, False
        if web.port is not None or PAGE.socket in self.inherited:
            return self.open(PAGE, web.host, web.port or 0), False
        for port in range(WEB_PORT, WEB_PORT + NEARBY_PORTS):
            try:
                found = Listener.open(web.host, port, PAGE)
            except ListenError as exc:
                if not exc.is_in_use:
                    raise
                continue
            if not found.taken:
                return self.keep(found), port != WEB_PORT
            found.close()
        return self.open(PAGE, web.host, 0), True


def _addresses_left(own: Sequence[socket]) -> list[tuple[int, tuple[str, int]]]:
    """Return the addresses of ``localhost`` that *own* has not, but only the other.

    Each is a family, and the address with the port.
    """
    reached = dict[int, set[int]]()  # families, by the port
    for sock in own:
        host, port = sock.getsockname()[:2]
        if is_every_address(host) or host in LOCALHOST.values():
            reached.setdefault(port, set()).update(families_of(sock))
    return [
        (family, (LOCALHOST[family], port))
        for port, families in reached.items()
        for family in LOCALHOST.keys() - families
    ]
