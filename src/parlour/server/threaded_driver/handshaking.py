"""TLS handshakes in the threaded driver: one thread for each, which then reads."""

import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from parlour.core.ports import Peer
from parlour.system.tls.stream import NotTLSError, TLSError, TLSStream

from ..addresses import format_address, limited_network
from ..sockets import set_up
from ..tls.certificates import Certificates
from ..tls.handshakes import HANDSHAKE_TIMEOUT, Handshakes, Result
from ..tls.log_events import log_tls_failure
from ..tls.other_protocols import CHAT_ANSWER
from .acceptor import Admission
from .draining_sockets import DrainingSockets
from .early_sockets import EarlySocket
from .reader_threads import ReaderThreads
from .shared_state import SharedState
from .tls_transport import TLSSocketTransport

READ_SIZE: Final = 16_384  # bytes of one read
STOP_TIMEOUT: Final = 1.0  # seconds for the threads to end after their sockets


class TLSAdmission:
    """The admission of sockets for TLS: a handshake, and then that of other sockets."""

    def __init__(
        self,
        certificates: Certificates,
        max_handshakes: int,
        state: SharedState,
        writer: DrainingSockets,
        readers: ReaderThreads,
        admission: Admission,
    ) -> None:
        self._certificates, self._state = certificates, state
        self._writer, self._readers, self._admission = writer, readers, admission
        self._changed = threading.Condition()  # guards the handshakes
        self.handshakes = Handshakes(max_handshakes)

    def connect(self, sock: socket.socket, peer: Peer) -> None:
        """Start the thread of a connection, unless too many shake hands."""
        set_up(sock)
        handshake = self._begin(sock, peer)
        if handshake is None:
            return
        try:
            threading.Thread(
                target=self._serve,
                args=(handshake, peer),
                name=format_address(peer.address),
                daemon=True,
            ).start()
        except RuntimeError:  # the system has no more threads
            self._end(handshake, Result.FAILED)
            sock.close()

    def prepare(
        self, sock: socket.socket, peer: Peer, *, is_check: bool
    ) -> Callable[[], None] | None:
        """Return what serves a connection in a thread that it has already.

        One that *is_check* ends after the handshake. It is None if too many shake
        hands.
        """
        handshake = self._begin(sock, peer)
        if handshake is None:
            return None
        return partial(self._serve, handshake, peer, is_check=is_check)

    def close(self) -> None:
        """Abort the handshakes in progress, and wait for their threads."""
        with self._changed:
            for each in self.handshakes.all():
                each.abort()
            self._changed.wait_for(lambda: not len(self.handshakes), STOP_TIMEOUT)

    def _begin(self, sock: socket.socket, peer: Peer) -> "_Handshake | None":
        """Count a handshake, unless there are too many of them: then close *sock*."""
        handshake = _Handshake(sock, time.monotonic() + HANDSHAKE_TIMEOUT)
        network = limited_network(peer)
        with self._changed:
            aborted = self.handshakes.begin(handshake, network, time.monotonic())
        if handshake in aborted:
            sock.close()
            return None
        for each in aborted:
            each.abort()
        return handshake

    def _serve(
        self, handshake: "_Handshake", peer: Peer, *, is_check: bool = False
    ) -> None:
        """Shake hands, admit the connection, and read until the end of its input."""
        stream = TLSStream(self._certificates.context)
        transport = None
        try:
            early = handshake.run(stream, format_address(peer.address))
            if early is not None and is_check:
                handshake.discard_input()
            elif early is not None:
                transport = TLSSocketTransport(
                    handshake.sock, self._writer, stream, early, self._state
                )
                encrypted = peer._replace(is_encrypted=True)
                is_admitted = self._admission.admit(transport, encrypted)
        finally:
            self._end(handshake, handshake.result)
        if transport is None:
            handshake.sock.close()
        elif is_admitted:
            self._readers.read(transport)

    def _end(self, handshake: "_Handshake", result: Result) -> None:
        with self._changed:
            self.handshakes.end(handshake, result)
            self._changed.notify_all()


class _Handshake(EarlySocket):
    """The handshake on a socket. Its thread owns the socket."""

    result = Result.FAILED

    def run(self, stream: TLSStream, address: str) -> bytes | None:
        """Shake hands; return the plaintext that followed in the same packet.

        If the handshake or that plaintext fails, log the reason and return None.
        """
        try:
            while not stream.is_established:
                data = self.receive(READ_SIZE)
                if not data:
                    self._log_failure(stream, address, "the peer disconnected")
                    return None
                stream.shake_hands(data)
                self.send(stream.take_output())
            self.result = Result.COMPLETED
            early = stream.decrypt()
            self.send(stream.take_output())
        except TLSError as exc:
            log_tls_failure(address, str(exc))
            is_other = isinstance(exc, NotTLSError)
            self.refuse(CHAT_ANSWER if is_other else stream.take_output())
            return None
        except TimeoutError:
            self.result = Result.TIMEOUT
            log_tls_failure(address, "timeout")
            return None
        except OSError as exc:
            self._log_failure(stream, address, exc.strerror or str(exc))
            return None
        return early

    def _log_failure(self, stream: TLSStream, address: str, reason: str) -> None:
        if stream.has_begun:
            log_tls_failure(address, reason)
        else:  # it was a health check
            self.result = Result.UNUSED
