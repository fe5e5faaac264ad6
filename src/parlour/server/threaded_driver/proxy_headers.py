"""Headers of proxies in the threaded driver: one thread for each, which then reads."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from parlour.core.ports import Peer

from ..addresses import format_address
from ..early_connections import EarlyConnections
from ..proxy_protocol import refused
from ..proxy_protocol.header import HeaderError, HeaderReader, MissingHeaderError
from ..proxy_protocol.listening import Proxies
from ..proxy_protocol.refused import HEADER_TIMEOUT
from ..sockets import set_up
from .early_sockets import EarlySocket

READ_SIZE: Final = 4096  # bytes of one read
STOP_TIMEOUT: Final = 1.0  # seconds for the threads to end after their sockets


class Prepare(Protocol):
    """Takes over a connection after its header.

    It returns what serves the connection in the thread that it has; None: it is closed.
    A connection that *is_check* must not reach the chat, and is counted as one without
    a header until this returns.
    """

    def __call__(
        self, sock: socket.socket, peer: Peer, *, is_check: bool
    ) -> Callable[[], None] | None: ...


class ProxyAdmission:
    """The admission of sockets that may come from *proxies*, on all ports together."""

    def __init__(self, proxies: Proxies) -> None:
        self._trusted = proxies.trusted
        self._changed = threading.Condition()  # guards the headers
        self._headers = EarlyConnections(proxies.limit)

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
        with self._changed:  # many people may be behind a proxy: it has no limit
            for each in self._headers.add(header):
                each.abort()
        try:
            threading.Thread(
                target=self._serve,
                args=(header, peer, prepare, answer),
                name=format_address(peer.address),
                daemon=True,
            ).start()
        except RuntimeError:  # the system has no more threads
            self._end(header)
            sock.close()

    def close(self) -> None:
        """Abort connections without a complete header, and wait for their threads."""
        with self._changed:
            for each in self._headers.all():
                each.abort()
            self._changed.wait_for(lambda: not len(self._headers), STOP_TIMEOUT)

    def _serve(
        self, header: "_Header", proxy: Peer, prepare: Prepare, answer: bytes
    ) -> None:
        """Read the header, and serve the connection until the end of its input."""
        serve: Callable[[], None] | None = header.sock.close
        try:
            reader = header.run(format_address(proxy.address), answer)
            if reader is not None and reader.source is None:
                serve = prepare(header.sock, proxy, is_check=True)
            elif reader is not None and reader.source is not None:
                self._end(header)  # before somebody else could take its place
                peer = reader.source
                threading.current_thread().name = format_address(peer.address)
                serve = prepare(header.sock, peer, is_check=False)
        finally:
            self._end(header)
        if serve is not None:
            serve()

    def _end(self, header: "_Header") -> None:
        with self._changed:
            self._headers.remove(header)
            self._changed.notify_all()


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
                    if reader.has_begun:  # otherwise it was a health check
                        refused.log_refused(address, refused.DISCONNECTED)
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
            if reader.has_begun:
                refused.log_refused(address, exc.strerror or str(exc))
            return None
        return reader

    def _refuse(self, answer: bytes) -> None:
        self._deadline = time.monotonic() + HEADER_TIMEOUT  # to read the answer
        self.refuse(answer)
