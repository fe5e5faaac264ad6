"""TLS handshakes in the threaded driver: one thread for each, which then reads."""

import socket
import time
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
from .early_sockets import EarlySocket, EarlySockets, Serve
from .reader_threads import ReaderThreads
from .shared_state import SharedState
from .tls_transport import TLSSocketTransport

READ_SIZE: Final = 16_384  # bytes of one read


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
        self.handshakes = Handshakes(max_handshakes)
        self._sockets = EarlySockets[_Handshake](
            self.handshakes, lambda each: self.handshakes.end(each, each.result)
        )

    def connect(self, sock: socket.socket, peer: Peer) -> None:
        """Start the thread of a connection, unless too many shake hands."""
        set_up(sock)
        handshake = self._begin(sock, peer)
        if handshake is not None:
            self._sockets.start(handshake, peer, partial(self._admit, handshake, peer))

    def prepare(
        self, sock: socket.socket, peer: Peer, *, is_check: bool
    ) -> Serve | None:
        """Return what serves a connection in a thread that it has already.

        One that *is_check* ends after the handshake. It is None if too many shake
        hands.
        """
        handshake = self._begin(sock, peer)
        if handshake is None:
            return None
        admit = partial(self._admit, handshake, peer, is_check=is_check)
        return partial(self._sockets.serve, handshake, admit)

    def close(self) -> None:
        """Abort the handshakes in progress, and wait for their threads."""
        self._sockets.close()

    def _begin(self, sock: socket.socket, peer: Peer) -> "_Handshake | None":
        """Count a handshake, unless there are too many of them: then close *sock*."""
        now = time.monotonic()
        handshake = _Handshake(sock, now + HANDSHAKE_TIMEOUT)
        add = partial(self.handshakes.begin, handshake, limited_network(peer), now)
        return handshake if self._sockets.begin(handshake, add) else None

    def _admit(
        self, handshake: "_Handshake", peer: Peer, *, is_check: bool = False
    ) -> Serve | None:
        """Shake hands and admit the connection, and return what reads from it."""
        stream = TLSStream(self._certificates.context)
        early = handshake.run(stream, format_address(peer.address))
        if early is not None and is_check:
            handshake.discard_input()
        if early is None or is_check:
            return handshake.sock.close
        transport = TLSSocketTransport(
            handshake.sock, self._writer, stream, early, self._state
        )
        self._sockets.leave(handshake)  # before somebody else could take its place
        if not self._admission.admit(transport, peer._replace(is_encrypted=True)):
            return None
        return partial(self._readers.read, transport)


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
        if not stream.has_begun:  # it was a health check
            self.result = Result.UNUSED
        elif not self.is_aborted:
            log_tls_failure(address, reason)
