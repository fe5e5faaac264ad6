"""Accepting connections: one thread per listener, which admits or rejects them."""

import errno
import select
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from parlour.core.events import Bye
from parlour.core.ports import Peer
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind

from ..event_log import log_accept_failure, log_rejected
from ..sockets import set_up
from .draining_sockets import DrainingSockets
from .locked_hub import LockedHub
from .poller import Poller
from .reader_threads import ReaderThreads
from .shared_state import SharedState
from .transports import SocketTransport

RETRY_WAIT: Final = 0.01  # seconds after an accept that failed; doubles each time
MAX_RETRY_WAIT: Final = 1.0  # seconds
CLOSE_TIMEOUT: Final = 1.0  # seconds for the connection that is being accepted

PEER_ERRORS: Final = {
    errno.ECONNABORTED,
    errno.EPROTO,
    errno.ENETDOWN,
    errno.EHOSTUNREACH,
}
"""Errors of an accept whose peer has already disconnected. The next may succeed."""

NO_THREADS: Final = Bye("server_full", "the server is full; try again later")


class Acceptor:
    """A thread that calls *connect* with every connection on *listener*.

    When an accept fails, for example because no descriptor is free, the thread waits,
    longer each time. Meanwhile the system queues new connections. The listener may be
    that of the service manager, too, so it is closed and never shut down.
    """

    def __init__(
        self,
        listener: socket.socket,
        connect: Callable[[socket.socket, Peer], None],
    ) -> None:
        self._listener, self._connect = listener, connect
        self._poller = Poller()
        self._closed = threading.Event()
        self._retry_wait = RETRY_WAIT
        self._thread = threading.Thread(target=self._run, name="acceptor", daemon=True)

    def open(self) -> None:
        """Accept connections from now on."""
        self._listener.setblocking(False)
        self._poller.watch(self._listener, select.POLLIN, self._accept)
        self._thread.start()

    def close(self) -> None:
        """Accept no more connections, and close the listener."""
        self._closed.set()
        self._poller.wake()
        self._thread.join(CLOSE_TIMEOUT)
        self._poller.unwatch(self._listener)
        self._poller.close()
        self._listener.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            for ready in self._poller.wait(None):
                ready()

    def _accept(self) -> None:
        """Accept the connections that there are."""
        while not self._closed.is_set():
            try:
                sock, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as exc:
                if exc.errno not in PEER_ERRORS:
                    log_accept_failure(exc)
                    self._closed.wait(self._retry_wait)
                    self._retry_wait = min(2 * self._retry_wait, MAX_RETRY_WAIT)
                continue
            self._retry_wait = RETRY_WAIT
            sock.setblocking(True)  # some systems copy the mode of the listener
            self._connect(sock, Peer(*address[:2]))


class Admission:
    """The admission of accepted sockets, in the threads of the acceptors."""

    def __init__(
        self,
        state: SharedState,
        locked_hub: LockedHub,
        writer: DrainingSockets,
        readers: ReaderThreads,
    ) -> None:
        self._state, self._locked_hub = state, locked_hub
        self._writer, self._readers = writer, readers

    def connect(self, sock: socket.socket, peer: Peer) -> None:
        """Admit a connection and start its reader thread, or reject it (step 1)."""
        set_up(sock)
        transport = SocketTransport(sock, self._writer)
        if not self.admit(transport, peer):
            return
        try:
            self._readers.start(transport)
        except RuntimeError:  # the system has no more threads
            with self._state.lock:
                self._state.hub.disconnect(transport.connection, time.monotonic())
                del self._state.transports[transport.connection]
                rejected = self._state.hub.reject(NO_THREADS)
            log_rejected(transport.address, rejected.code)
            self._reject(SocketTransport(sock, self._writer), rejected)

    def prepare(self, sock: socket.socket, peer: Peer) -> Callable[[], None] | None:
        """Admit a connection, and return what reads from it in a thread that it has.

        It is None if the connection is rejected.
        """
        transport = SocketTransport(sock, self._writer)
        if not self.admit(transport, peer):
            return None
        return partial(self._readers.read, transport)

    def admit(self, transport: SocketTransport, peer: Peer) -> bool:
        """Admit a connection, which then needs a reader, or reject it (step 1)."""
        connection = self._locked_hub.connect(transport, peer, ConnectionKind.SOCKET)
        if isinstance(connection, Rejected):
            self._reject(transport, connection)
            return False
        return True

    def _reject(self, transport: SocketTransport, rejected: Rejected) -> None:
        """Have the main thread send the reason and close the connection."""
        with self._state.lock:
            may_linger = self._state.rejected.add()
            self._state.post(
                partial(
                    self._writer.reject, transport, rejected.last, may_linger=may_linger
                )
            )
