"""The acceptors of a server, one for each listener, and how each admits connections."""

import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from parlour.core.ports import Peer

from ..proxy_protocol.listening import Proxies
from ..runtime import Runtime
from ..tls.listening import TLS
from .acceptor import Acceptor, Admission
from .draining_sockets import DrainingSockets
from .reader_threads import ReaderThreads
from .shared_state import SharedState

if TYPE_CHECKING:
    from .handshaking import TLSAdmission
    from .proxy_headers import Prepare, ProxyAdmission

Connect = Callable[[socket.socket, Peer], None]


class Acceptors:
    """The acceptors for all listeners of *runtime*. TLS is imported only if it is used.

    Each connection is admitted by *admission*, after the header of its proxy and its
    TLS handshake, if it has any.
    """

    def __init__(
        self,
        runtime: Runtime,
        state: SharedState,
        writer: DrainingSockets,
        readers: ReaderThreads,
        admission: Admission,
    ) -> None:
        self._proxies = _proxy_admission(runtime.proxies)
        self._tls = _tls_admission(runtime.tls, state, writer, readers, admission)
        connect = self._plain(admission)
        self._acceptors = [Acceptor(each, connect) for each in runtime.listeners]
        if runtime.tls is not None and self._tls is not None:
            connect = self._through_proxies(self._tls.connect, self._tls.prepare)
            self._acceptors += [
                Acceptor(each, connect) for each in runtime.tls.listeners
            ]

    def open(self) -> None:
        """Accept connections from now on."""
        for acceptor in self._acceptors:
            acceptor.open()

    def close(self) -> None:
        """Accept no more connections, and abort those that the chat does not know."""
        for acceptor in self._acceptors:
            acceptor.close()
        if self._proxies is not None:
            self._proxies.close()
        if self._tls is not None:
            self._tls.close()

    def _plain(self, admission: Admission) -> Connect:
        if self._proxies is None:
            return admission.connect
        from ..proxy_protocol.refused import ANSWER  # noqa: PLC0415
        from .proxy_headers import discard  # noqa: PLC0415

        def prepare(
            sock: socket.socket, peer: Peer, *, is_check: bool
        ) -> Callable[[], None] | None:
            if is_check:
                discard(sock)
                return None
            return admission.prepare(sock, peer)

        return self._through_proxies(admission.connect, prepare, ANSWER)

    def _through_proxies(
        self, direct: Connect, prepare: "Prepare", answer: bytes = b""
    ) -> Connect:
        if self._proxies is None:
            return direct
        return partial(self._proxies.connect, direct, prepare, answer)


def _proxy_admission(proxies: Proxies | None) -> "ProxyAdmission | None":
    if proxies is None:
        return None
    from .proxy_headers import ProxyAdmission  # noqa: PLC0415

    return ProxyAdmission(proxies)


def _tls_admission(
    tls: TLS | None,
    state: SharedState,
    writer: DrainingSockets,
    readers: ReaderThreads,
    admission: Admission,
) -> "TLSAdmission | None":
    if tls is None:
        return None
    from .handshaking import TLSAdmission  # noqa: PLC0415

    found = TLSAdmission(
        tls.certificates, tls.max_handshakes, state, writer, readers, admission
    )
    tls.handshakes.append(found.handshakes)
    return found
