"""TLS as a step between ciphertext and plaintext, without I/O.

It is either side of RFC 8446 and RFC 5246, which OpenSSL implements. Each side ends
its half with a close_notify alert, as with a FIN, and may still receive.
"""

import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

PIECE: Final = 4096
"""Bytes that are encrypted or decrypted at once: OpenSSL keeps buffers of that size."""
HANDSHAKE_RECORD: Final = b"\x16"  # the first byte of every client (RFC 8446, 5.1)

Data = bytes | bytearray | memoryview


class TLSError(Exception):
    """The peer broke a rule of TLS. The text says which, in OpenSSL's words."""


class NotTLSError(TLSError):
    """The peer speaks another protocol."""


class UnverifiedError(TLSError):
    """The certificate of the server cannot be verified. *code* is OpenSSL's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class TLSStream:
    """The TLS of one connection. One thread at a time may use it.

    It is the server's side, or that of a client of the server *server_name*.

    Whatever a method produces for the peer is in :meth:`take_output`, in order.
    """

    __slots__ = (
        "_input",
        "_is_server",
        "_output",
        "_tls",
        "has_begun",
        "has_peer_ended",
        "is_established",
    )

    def __init__(self, context: ssl.SSLContext, server_name: str | None = None) -> None:
        self._input, self._output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._is_server = server_name is None
        self._tls = context.wrap_bio(
            self._input,
            self._output,
            server_side=self._is_server,
            server_hostname=server_name,
        )
        self.has_begun = False
        """Whether the peer has begun the handshake."""
        self.is_established = False
        """Whether the handshake is complete."""
        self.has_peer_ended = False
        """Whether the peer has sent its close_notify; nothing after it counts."""

    @property
    def has_output(self) -> bool:
        """Whether there are bytes to send to the peer."""
        return self._output.pending > 0

    @property
    def version(self) -> str:
        """The version of the protocol, such as ``TLSv1.3``."""
        return self._tls.version() or ""

    @property
    def peer_certificate(self) -> bytes:
        """The certificate of the peer in DER, once the handshake is complete."""
        return self._tls.getpeercert(binary_form=True) or b""

    def take_output(self) -> bytes:
        """Return the bytes to send to the peer now."""
        return self._output.read()

    def shake_hands(self, data: Data) -> bool:
        """Continue the handshake with *data*; return whether it is complete.

        A client begins it without data. Plaintext that follows it in *data* is returned
        by the next :meth:`decrypt`.
        Raises `NotTLSError` or another `TLSError`. There may be output in each case.
        """
        is_first = self._is_server and not self.has_begun
        if is_first and bytes(data[:1]) != HANDSHAKE_RECORD:
            raise NotTLSError("the peer does not speak TLS")
        self.has_begun = True
        for piece in _pieces(data):
            self._input.write(piece)
            if not self.is_established:
                self._continue_handshake()
        return self.is_established

    def decrypt(self, data: Data = b"") -> bytes:
        """Return the plaintext of all records that are complete with *data*.

        Raises `TLSError`. There may be output in each case.
        """
        plain: list[bytes] = []
        for piece in _pieces(data):
            if self.has_peer_ended:
                break
            self._input.write(piece)
            self._read(plain)
        return plain[0] if len(plain) == 1 else b"".join(plain)

    def encrypt(self, data: Data) -> bytes:
        """Return *data* as ciphertext, after any other output. Raises `TLSError`."""
        try:
            if len(data) <= PIECE:
                self._tls.write(data)
                return self._output.read()
            encrypted = []
            for piece in _pieces(data):
                self._tls.write(piece)
                encrypted.append(self._output.read())
            return b"".join(encrypted)
        except ssl.SSLError as exc:
            raise TLSError(_reason(exc)) from None

    def end(self) -> bytes:
        """Return the output with a close_notify at its end: no more plaintext follows.

        The peer may still send: what arrived before is decrypted before this.
        """
        with suppress(ssl.SSLError):  # it has sent the alert, and the peer has not
            self._tls.unwrap()
        return self._output.read()

    def _continue_handshake(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLCertVerificationError as exc:
            raise UnverifiedError(exc.verify_code, exc.verify_message) from None
        except ssl.SSLError as exc:
            raise TLSError(_reason(exc)) from None
        self.is_established = True

    def _read(self, plain: list[bytes]) -> None:
        """Append the plaintext of all complete records in the input."""
        read = self._tls.read
        try:
            while data := read(4 * PIECE):
                plain.append(data)
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            pass
        except ssl.SSLError as exc:
            raise TLSError(_reason(exc)) from None
        self.has_peer_ended = True


def _pieces(data: Data) -> Iterator[Data]:
    """Return *data* in pieces of at most `PIECE` bytes; at least one, even if empty."""
    if len(data) <= PIECE:
        yield data
        return
    view = memoryview(data)
    for start in range(0, len(view), PIECE):
        yield view[start : start + PIECE]


def _reason(exc: ssl.SSLError) -> str:
    """Return the reason of *exc* in lower case, such as ``unsupported protocol``."""
    return (exc.reason or str(exc)).replace("_", " ").lower()
