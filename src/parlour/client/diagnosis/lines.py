"""Lines from a server that may send anything, or nothing."""

import time
from contextlib import suppress
from typing import Final

from ..io.transport import Transport

READ_SIZE: Final = 65_536  # bytes
MAX_UNENDED: Final = 1 << 20  # bytes without an end of line
TLS_RECORDS: Final = (b"\x15\x03", b"\x16\x03")  # an alert, or a handshake (RFC 8446)
SHOWN: Final = 40  # characters of what is not understood


class LineReader:
    """The lines of a connection, which its caller closes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.unended = b""
        """What was received after the last line."""
        self.has_ended = False
        """Whether the server has closed the connection."""

    def send(self, line: bytes, timeout: float) -> None:
        """Send a line; it does not matter here whether the server still reads."""
        sock = self._transport.sock
        sock.settimeout(timeout)
        with suppress(OSError):  # reading will show why
            sock.sendall(self._transport.encrypt(line))

    def read(self, deadline: float) -> bytes | None:
        """Return the next line without its end; None if none comes before *deadline*.

        That is a time of the monotonic clock, so that a server which goes on sending
        other lines than those that are awaited ends nobody's patience later. At the end
        of the stream, None is returned at once.
        """
        while b"\n" not in self.unended:
            left = deadline - time.monotonic()
            if self.has_ended or left <= 0 or len(self.unended) > MAX_UNENDED:
                return None
            transport = self._transport
            transport.sock.settimeout(left)
            try:
                self.unended += transport.decrypt(transport.sock.recv(READ_SIZE))
            except TimeoutError:
                return None
            except OSError:
                self.has_ended = True
            self.has_ended = self.has_ended or transport.has_ended
        line, _, self.unended = self.unended.partition(b"\n")
        return line.rstrip(b"\r")


def other_protocol(data: bytes) -> str:
    """Return which other protocol begins like *data*, or "" if it may be the chat's."""
    if data.startswith(TLS_RECORDS):
        return "TLS"
    if data.startswith(b"HTTP/"):
        return "HTTP"
    if data.startswith(b"SSH-"):
        return "SSH"
    return ""


def shown(data: bytes) -> str:
    """Return the start of *data* so that it can be shown."""
    text = ascii(data[:SHOWN].decode("latin-1"))
    return f"{text} …" if len(data) > SHOWN else text
