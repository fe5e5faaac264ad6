"""The transport of one accepted socket with TLS, in the threaded driver."""

import socket
import threading
from typing import TYPE_CHECKING

from parlour.system.tls.stream import TLSError, TLSStream

from ..tls.log_events import log_tls_failure
from .shared_state import SharedState
from .transports import SocketTransport

if TYPE_CHECKING:
    from .draining_sockets import DrainingSockets


class TLSSocketTransport(SocketTransport):
    """The transport of a socket whose handshake is complete.

    *early* is the plaintext that followed the handshake at once.
    The reader thread decrypts, and the main thread encrypts. One lock guards the
    stream. Ciphertext leaves by the main thread alone, also what reading has produced.
    After the server's half has ended, input is discarded and not decrypted.
    """

    __slots__ = ("_early", "_lock", "_shared", "_stream")

    def __init__(
        self,
        sock: socket.socket,
        writer: "DrainingSockets",
        stream: TLSStream,
        early: bytes,
        state: SharedState,
    ) -> None:
        super().__init__(sock, writer)
        self._shared, self._stream, self._early = state, stream, early
        self._lock = threading.Lock()

    # -- in the reader thread ---------------------------------------------------

    def wait_for_first_input(self) -> None:
        """Wait until bytes arrive, and leave them in the socket."""
        if not (self._early or self._stream.has_peer_ended or self.has_failed_read):
            super().wait_for_first_input()
        self.is_receiving = True

    def read(self, size: int) -> bytes:
        """Wait for plaintext and return it; ``b""`` at the end, and on an error."""
        while True:
            if self._early:
                plain, self._early = self._early, b""
                return plain
            if self._stream.has_peer_ended or self.has_failed_read:
                return b""
            data = super().read(size)
            if not data:
                return b""
            if self.state.is_writable:
                self._early = self._decrypt(data)
            if not self._early:  # it was a part of a record, or the end
                self.is_receiving = False
                self.wait_for_first_input()

    def _decrypt(self, data: bytes) -> bytes:
        try:
            with self._lock:
                plain = self._stream.decrypt(data)
                has_output = self._stream.has_output
        except TLSError as exc:
            log_tls_failure(self.address, str(exc))
            self.has_failed_read = True
            return b""
        if has_output:
            with self._shared.lock:
                self._shared.post(self.send_output)
        return plain

    # -- in the main thread -----------------------------------------------------

    @property
    def has_unread_input(self) -> bool:
        """Whether the peer has sent bytes that the hub has not received yet."""
        return bool(self._early) or super().has_unread_input

    def send(self, data: bytes) -> bool:
        """Encrypt *data*, and send as much of it as the socket accepts."""
        try:
            with self._lock:
                encrypted = self._stream.encrypt(data)
        except TLSError as exc:
            log_tls_failure(self.address, str(exc))
            self.abort()
            return True
        return super().send(encrypted)

    def send_output(self) -> None:
        """Send what reading has produced, if the server's half has not ended."""
        with self._lock:
            output = self._stream.take_output()
        if self.state.is_writable and not super().send(output):
            self._writer.pause(self)

    def end_output(self) -> None:
        """Record that the hub has nothing more to send, and send a close_notify."""
        can_send = self.state.is_writable
        super().end_output()
        if can_send:
            with self._lock:
                last = self._stream.end()
            super().send(last)
