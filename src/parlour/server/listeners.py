"""The sockets on which a server listens, and the addresses that people see of them."""

from dataclasses import dataclass, field
from socket import socket
from typing import Final

from parlour.core.loopback import is_loopback

from .addresses import addresses_of
from .banner import PageFacts
from .config import WEB_PORT, Config, Web
from .listening import OFF, Bound, listen_on
from .sockets import ListenError, listen
from .systemd.socket_activation import ActivationError, Inherited, unused

NEARBY_PORTS: Final = 20  # ports to try if `WEB_PORT` is in use, itself included


@dataclass(slots=True)
class Listeners:
    """Sockets that listen: without TLS and with it, and for whoever watches."""

    plain: Bound = OFF
    tls: Bound = OFF
    page: Bound = OFF
    page_tls: Bound = OFF
    ops: list[socket] = field(default_factory=list)
    """Those for health checks and metrics."""
    is_fallback_port: bool = False
    """Whether the default port of the page was in use, so that it has another."""

    @property
    def chat(self) -> list[socket]:
        """The listeners of the chat at the addresses of its host."""
        return [*self.plain.own, *self.tls.own]

    @property
    def taken(self) -> list[str]:
        """The other addresses of ``localhost`` that other programs have."""
        ports = self.plain, self.tls, self.page, self.page_tls
        return [each.taken for each in ports if each.taken]

    @property
    def chat_port(self) -> int:
        """The port by which the commands for the operator name the server."""
        port: int = self.chat[0].getsockname()[1]
        return port

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the chat and the page."""
        return is_local([*self.chat, *self.page.own, *self.page_tls.own])

    def page_facts(self, web: Web) -> PageFacts | None:
        """Return where the page listens, if it does, and what its users may do."""
        sockets = [*self.page.own, *self.page_tls.own]
        if not sockets:
            return None
        local = is_local(sockets)
        return PageFacts(
            addresses_of(self.page.own),
            addresses_of(self.page_tls.own),
            web.mode or ("write" if local else "read"),
            is_fallback_port=self.is_fallback_port,
            proxied=web.proxied if local else (),
        )


def open_listeners(config: Config, inherited: Inherited) -> Listeners:
    """Listen as *config* says, or on the *inherited* sockets of the same purpose.

    Raises `sockets.ListenError`, and ActivationError if one of them has no purpose.
    """
    found = Listeners()
    left = dict(inherited)
    web, tls = config.web, config.tls
    if config.port is not None:
        found.plain = _given(left, "chat") or listen_on(
            config.host, config.port, "--port", "--host"
        )
    if tls is not None and tls.port is not None:
        found.tls = _given(left, "tls") or listen_on(
            config.host, tls.port, "--tls-port", "--host"
        )
    if web is not None and web.has_plain_port:
        if given := _given(left, "web"):
            found.page = given
        else:
            found.page, found.is_fallback_port = _listen_for_pages(web)
    if web is not None and web.tls_port is not None:
        found.page_tls = _given(left, "web-tls") or listen_on(
            web.host, web.tls_port, "--web-tls-port", "--web-host"
        )
    if (ops := config.ops) is not None:
        found.ops = listen(ops.host, ops.port, "--ops-port", "--ops-host")
    for name in left:
        raise ActivationError(unused(name))
    return found


def _given(inherited: dict[str, list[socket]], name: str) -> Bound | None:
    """Remove the sockets called *name* from those inherited; None if there are none."""
    sockets = inherited.pop(name, [])
    return Bound(sockets, [], "") if sockets else None


def is_local(listeners: list[socket]) -> bool:
    """Return whether only this machine can reach *listeners*."""
    return all(is_loopback(sock.getsockname()[0]) for sock in listeners)


def _listen_for_pages(web: Web) -> tuple[Bound, bool]:
    """Listen for browsers without TLS; return also whether the port is another one."""
    try:
        port = WEB_PORT if web.port is None else web.port
        return listen_on(web.host, port, "--web-port", "--web-host"), False
    except ListenError as exc:
        if web.port is not None or not exc.is_in_use:
            raise
        return _listen_nearby(web.host, WEB_PORT), True


def _listen_nearby(host: str, taken: int) -> Bound:
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
