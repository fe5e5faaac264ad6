"""Peers with TLS, whose bytes and alerts a test decides itself."""

import socket
import ssl
import struct
from contextlib import suppress
from pathlib import Path

from tests.server.running_servers import TIMEOUT, RunningServer
from tests.server.tls.pairs import localhost_pair


def client_context(cert: Path | None = None) -> ssl.SSLContext:
    """Return a context that trusts the certificate in a file."""
    return ssl.create_default_context(cafile=cert or localhost_pair().cert)


class TLSPeer:
    """A peer with TLS on a real socket. It can end its half and still receive."""

    def __init__(
        self,
        port: int,
        *,
        source: str = "",
        receive_buffer: int | None = None,
        context: ssl.SSLContext | None = None,
        shakes_hands: bool = True,
    ) -> None:
        self.sock = socket.socket()
        self.sock.bind((source, 0))
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(("127.0.0.1", port))
        host, number = self.sock.getsockname()
        self.address = f"{host}:{number}"
        self.has_close_notify = False
        """Whether the server has ended its half with an alert, and not only a FIN."""
        self._input, self._output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or client_context()).wrap_bio(
            self._input, self._output, server_hostname="localhost"
        )
        self._plain = b""
        if shakes_hands:
            try:
                self.shake_hands()
            except BaseException:
                self.close()
                raise

    def shake_hands(self, *, sends_last: bool = True) -> None:
        """Shake hands; without *sends_last*, its last bytes go with the next ones."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.flush()
                self._read()
            else:
                if sends_last:
                    self.flush()
                return

    def hello(self) -> bytes:
        """Return the first bytes of the handshake, which are not sent."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return self._output.read()
        raise AssertionError

    def send(self, data: bytes) -> None:
        self.tls.write(data)
        self.flush()

    def flush(self) -> None:
        self.sock.sendall(self._output.read())

    def encrypt(self, data: bytes) -> bytes:
        """Return the ciphertext of *data*, which is not sent."""
        self.tls.write(data)
        return self._output.read()

    def receive(self) -> bytes:
        """Return the next line, or nothing at a close_notify or the end."""
        while b"\n" not in self._plain and not self.has_close_notify:
            try:
                data = self.tls.read(65_536)
            except ssl.SSLWantReadError:
                if not self._read():
                    break
                continue
            except ssl.SSLZeroReturnError:
                data = b""
            self.has_close_notify = not data
            self._plain += data
        line, lf, self._plain = self._plain.partition(b"\n")
        return line + lf

    def last_bytes(self) -> bytes:
        """Return a close_notify, which is not sent."""
        with suppress(ssl.SSLError):  # the server has not sent its own yet
            self.tls.unwrap()
        return self._output.read()

    def finish(self) -> None:
        self.sock.sendall(self.last_bytes())
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        self.sock.close()

    def _read(self) -> bytes:
        data = self.sock.recv(65_536)
        self._input.write(data)
        return data


def connect_tls(
    server: RunningServer, *, source: str = "", receive_buffer: int | None = None
) -> TLSPeer:
    """Connect a peer with TLS, which closes with the server."""
    peer = TLSPeer(server.tls_port, source=source, receive_buffer=receive_buffer)
    server.peers.callback(peer.close)
    return peer
