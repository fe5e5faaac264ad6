"""TLS handshakes in the threaded driver: one thread for each, which then reads."""

import select
import socket
import threading
import time
from contextlib import suppress
from typing import Final

from parlour.core.ports import Peer

from ..addresses import format_address, limited_network
from ..sockets import set_up
from ..tls.certificates import Certificates
from ..tls.handshakes import HANDSHAKE_TIMEOUT, Handshakes
from ..tls.log_events import log_tls_failure
from ..tls.other_protocols import CHAT_ANSWER
from ..tls.stream import NotTLSError, TLSError, TLSStream
from .acceptor import Admission
from .draining_sockets import DrainingSockets
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
        self._handshakes = Handshakes(max_handshakes)

    def connect(self, sock: socket.socket, peer: Peer) -> None:
        """Start the thread of a connection, unless too many shake hands."""
        set_up(sock)
        handshake = _Handshake(sock, time.monotonic() + HANDSHAKE_TIMEOUT)
        network = limited_network(peer.host)
        with self._changed:
            aborted = self._handshakes.begin(handshake, network, time.monotonic())
        if handshake in aborted:
            sock.close()
            return
        for each in aborted:
            each.abort()
        try:
            threading.Thread(
                target=self._serve,
                args=(handshake, peer._replace(is_encrypted=True)),
                name=format_address(peer.address),
                daemon=True,
            ).start()
        except RuntimeError:  # the system has no more threads
            self._end(handshake)
            sock.close()

    def close(self) -> None:
        """Abort the handshakes in progress, and wait for their threads."""
        with self._changed:
            for each in self._handshakes.all():
                each.abort()
            self._changed.wait_for(lambda: not len(self._handshakes), STOP_TIMEOUT)

    def _serve(self, handshake: "_Handshake", peer: Peer) -> None:
        """Shake hands, admit the connection, and read until the end of its input."""
        stream = TLSStream(self._certificates.context)
        transport = None
        try:
            early = handshake.run(stream, format_address(peer.address))
            if early is not None:
                transport = TLSSocketTransport(
                    handshake.sock, self._writer, stream, early, self._state
                )
                is_admitted = self._admission.admit(transport, peer)
        finally:
            self._end(handshake)
        if transport is None:
            handshake.sock.close()
        elif is_admitted:
            self._readers.read(transport)

    def _end(self, handshake: "_Handshake") -> None:
        with self._changed:
            self._handshakes.end(handshake)
            self._changed.notify_all()


class _Handshake:
    """The handshake on *sock*, until the *deadline*. Its thread owns the socket."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self._deadline = sock, deadline

    def abort(self) -> None:
        """End the handshake. Any thread may call this."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def run(self, stream: TLSStream, address: str) -> bytes | None:
        """Shake hands; return the plaintext that followed in the same packet.

        If the handshake or that plaintext fails, log the reason and return None.
        """
        try:
            while not stream.is_established:
                data = self._receive()
                if not data:
                    self._log_failure(stream, address, "the peer disconnected")
                    return None
                stream.shake_hands(data)
                self._send(stream.take_output())
            early = stream.decrypt()
            self._send(stream.take_output())
        except TLSError as exc:
            log_tls_failure(address, str(exc))
            is_other = isinstance(exc, NotTLSError)
            self._refuse(CHAT_ANSWER if is_other else stream.take_output())
            return None
        except TimeoutError:
            log_tls_failure(address, "timeout")
            return None
        except OSError as exc:
            self._log_failure(stream, address, exc.strerror or str(exc))
            return None
        return early

    def _log_failure(self, stream: TLSStream, address: str, reason: str) -> None:
        if stream.has_begun:  # otherwise it was a health check
            log_tls_failure(address, reason)

    def _refuse(self, answer: bytes) -> None:
        """Send *answer*, and discard input until the peer disconnects."""
        with suppress(OSError):
            self._send(answer)
            self.sock.shutdown(socket.SHUT_WR)
            while self._receive():
                pass

    def _receive(self) -> bytes:
        """Return bytes; ``b""`` at the end. Raises OSError, or TimeoutError."""
        self._wait(select.POLLIN)
        return self.sock.recv(READ_SIZE, socket.MSG_DONTWAIT)

    def _send(self, data: bytes) -> None:
        while data:
            self._wait(select.POLLOUT)
            data = data[self.sock.send(data, socket.MSG_DONTWAIT) :]

    def _wait(self, event: int) -> None:
        """Wait until the socket is ready. Raises TimeoutError at the deadline."""
        poll = select.poll()
        poll.register(self.sock, event)
        left = self._deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
