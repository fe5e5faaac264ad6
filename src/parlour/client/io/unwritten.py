"""What the network has not taken yet, of a driver that never blocks."""

import socket
from typing import Final

from .transport import Transport

WRITE_SIZE: Final = 65_536  # bytes of the text that are encrypted and sent at once


class Unwritten:
    """The text to send, and the bytes that carry the first piece of it.

    Its length is that of the text. With TLS, a piece counts until all of it is sent.
    """

    def __init__(self) -> None:
        self._text, self._encrypted = bytearray(), bytearray()
        self._piece = 0  # bytes of the text that *_encrypted* carries

    def __len__(self) -> int:
        return len(self._text)

    @property
    def has_bytes(self) -> bool:
        """Whether the socket has to take anything, if only an answer of TLS."""
        return bool(self._text or self._encrypted)

    def add(self, text: bytes) -> None:
        """Send *text* after everything else."""
        self._text += text

    def end(self, transport: Transport) -> None:
        """Send the last bytes of the connection after everything else, once."""
        self._encrypted += transport.end()

    def clear(self) -> None:
        """Drop everything, for a new connection."""
        self._text.clear()
        self._encrypted.clear()
        self._piece = 0

    def send(self, transport: Transport) -> None:
        """Send what the network accepts at once.

        Raises BlockingIOError if it does not accept all, and OSError if it is closed.
        """
        while self._encrypt(transport):
            sent = transport.sock.send(self._encrypted, socket.MSG_DONTWAIT)
            del self._encrypted[:sent]
            taken = 0 if transport.has_tls else sent
            if not self._encrypted:
                taken = self._piece
            del self._text[:taken]
            self._piece -= taken

    def _encrypt(self, transport: Transport) -> bool:
        """Encrypt the next piece; return whether there is something to send."""
        if not self._encrypted:
            piece = bytes(self._text[:WRITE_SIZE])
            self._encrypted += transport.encrypt(piece)
            self._piece = len(piece)
        return bool(self._encrypted)
