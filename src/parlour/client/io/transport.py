"""A connection to a server: its socket, and TLS between that and the conversation."""

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loads OpenSSL, which a connection without TLS does not need
    from parlour.system.tls.stream import TLSStream


class BrokenTLSError(ConnectionError):
    """The server, or somebody on the way, has broken the rules of TLS."""


class Transport:
    """A connected socket, with TLS or without.

    The driver moves the bytes of *sock*. One thread at a time may call the methods.
    """

    def __init__(
        self, sock: socket.socket, origin: str, tls: "TLSStream | None" = None
    ) -> None:
        self.sock, self.origin = sock, origin
        self._tls = tls
        self._has_sent_end = False
        self.has_ended = False
        """Whether the server has ended its half, so that it sends nothing more."""

    @property
    def is_secure(self) -> bool:
        """Whether it may carry a secret: with TLS, or within this machine."""
        return bool(self.origin)

    @property
    def has_tls(self) -> bool:
        """Whether it is encrypted."""
        return self._tls is not None

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the server's certificate, or "" without TLS."""
        if self._tls is None:
            return ""
        from parlour.system.tls.certificate_facts import fingerprint  # noqa: PLC0415

        return fingerprint(self._tls.peer_certificate)

    @property
    def certificate(self) -> bytes:
        """The server's certificate in DER, or nothing without TLS."""
        return self._tls.peer_certificate if self._tls is not None else b""

    @property
    def tls_version(self) -> str:
        """The version of TLS, such as ``TLSv1.3``, or ""."""
        return self._tls.version if self._tls is not None else ""

    def decrypt(self, data: bytes) -> bytes:
        """Return the text in *data* of the socket; ``b""`` is the end of its data.

        Raises OSError if the connection is of no use any more.
        """
        if not data:
            self.has_ended = True
        if not data or self._tls is None:
            return data
        from parlour.system.tls.stream import TLSError  # noqa: PLC0415

        try:
            text = self._tls.decrypt(data)
        except TLSError as exc:
            raise BrokenTLSError(str(exc)) from None
        self.has_ended = self._tls.has_peer_ended
        return text

    def encrypt(self, text: bytes | memoryview) -> bytes | memoryview:
        """Return the bytes for the socket that carry *text*, after what TLS answers.

        Raises OSError if the connection is of no use any more.
        """
        if self._tls is None:
            return text
        if not text or self._has_sent_end:
            return self._tls.take_output()
        from parlour.system.tls.stream import TLSError  # noqa: PLC0415

        try:
            return self._tls.encrypt(text)
        except TLSError as exc:
            raise BrokenTLSError(str(exc)) from None

    def end(self) -> bytes:
        """Return the last bytes for the socket, once: nothing is sent after them."""
        if self._tls is None or self._has_sent_end:
            return b""
        self._has_sent_end = True
        return self._tls.end()

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()
