"""Headers of proxies in the threaded driver: one thread for each, which then reads."""

import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from parlour.core.ports import Peer

from ..addresses import format_address
from ..early_connections import EarlyConnections
from ..proxy_protocol import refused
from ..proxy_protocol.header import HeaderError, HeaderReader, MissingHeaderError
from ..proxy_protocol.listening import Proxies
from ..proxy_protocol.refused import HEADER_TIMEOUT
from ..sockets import set_up
from .early_sockets import EarlySocket, EarlySockets, Serve

READ_SIZE: Final = 4096  # bytes of one read


class Prepare(Protocol):
    """Takes over a connection after its header.

    It returns what serves the connection in the thread that it has; None: it is closed.
    A connection that *is_check* must not reach the chat, and is counted as one without
    a header until this returns.
    """

    def __call__(
        self, sock: socket.socket, peer: Peer, *, is_check: bool
    ) -> Serve | None: ...


class ProxyAdmission:
    """The admission of sockets that may come from *proxies*, on all ports together."""

    def __init__(self, proxies: Proxies) -> None:
        self._trusted = proxies.trusted
        self._headers = EarlyConnections(proxies.limit)
        self._sockets = EarlySockets[_Header](self._headers, self._headers.remove)

    def connect(
        self,
        direct: Callable[[socket.socket, Peer], None],
        prepare: Prepare,
        answer: bytes,
        sock: socket.socket,
        peer: Peer,
    ) -> None:
        """Start the thread of a connection from a proxy; others are *direct*.

        *answer* is sent to peers that send no header.
        """
        if peer.host not in self._trusted:
            direct(sock, peer)
            return
        set_up(sock)
        header = _Header(sock, time.monotonic() + HEADER_TIMEOUT)
        # Many people may be behind a proxy: its address has no limit.
        if self._sockets.begin(header, partial(self._headers.add, header)):
            admit = partial(self._admit, header, peer, prepare, answer)
            self._sockets.start(header, peer, admit)

    def close(self) -> None:
        """Abort connections without a complete header, and wait for their threads."""
        self._sockets.close()

    def _admit(
        self, header: "_Header", proxy: Peer, prepare: Prepare, answer: bytes
    ) -> Serve | None:
        """Read the header, and return what serves the connection."""
        reader = header.run(format_address(proxy.address), answer)
        if reader is None:
            return header.sock.close
        if reader.source is None:
            return prepare(header.sock, proxy, is_check=True)
        self._sockets.leave(header)  # before somebody else could take its place
        threading.current_thread().name = format_address(reader.source.address)
        return prepare(header.sock, reader.source, is_check=False)


def discard(sock: socket.socket) -> None:
    """Discard the input of a connection of the proxy itself, and close it."""
    EarlySocket(sock, time.monotonic() + HEADER_TIMEOUT).discard_input()
    sock.close()


class _Header(EarlySocket):
    """A socket before its header is complete. Its thread owns the socket."""

    def run(self, address: str, answer: bytes) -> HeaderReader | None:
        """Read the header, and nothing after it.

        If it is not valid, log the reason, send the answer, and return None.
        """
        reader = HeaderReader()
        try:
            while not reader.is_complete:
                data = self.receive(READ_SIZE, socket.MSG_PEEK)
                if not data:
                    self._log_loss(reader, address, refused.DISCONNECTED)
                    return None
                self.sock.recv(reader.feed(data), socket.MSG_DONTWAIT)
        except HeaderError as exc:
            refused.log_refused(address, str(exc))
            self._refuse(answer if isinstance(exc, MissingHeaderError) else b"")
            return None
        except TimeoutError:
            refused.log_refused(address, refused.TIMEOUT)
            self._refuse(b"" if reader.has_begun else answer)
            return None
        except OSError as exc:
            self._log_loss(reader, address, exc.strerror or str(exc))
            return None
        return reader

    def _log_loss(self, reader: HeaderReader, address: str, reason: str) -> None:
        is_check = not reader.has_begun  # a health check
        if not is_check and not self.is_aborted:
            refused.log_refused(address, reason)

    def _refuse(self, answer: bytes) -> None:
        self._deadline = time.monotonic() + HEADER_TIMEOUT  # to read the answer
        self.refuse(answer)
