"""Reads and writes one line of a socket, bounded in size and time."""

import socket
import time
from typing import Final

CHUNK: Final = 65_536  # bytes of one read


class LineTooLongError(Exception):
    """The peer sent more bytes without the end of a line than are allowed."""


def read_line(sock: socket.socket, max_size: int, deadline: float) -> bytes:
    """Return the bytes up to the first LF, which is not included.

    Bytes after it are ignored. *deadline* is a time of the monotonic clock. Raises
    LineTooLongError, TimeoutError, and EOFError if the stream ends before.
    """
    data = bytearray()
    while (end := data.find(b"\n")) < 0:
        if len(data) > max_size:
            raise LineTooLongError
        _set_deadline(sock, deadline)
        chunk = sock.recv(min(CHUNK, max_size + 2 - len(data)))
        if not chunk:
            raise EOFError
        data += chunk
    if end > max_size:
        raise LineTooLongError
    return bytes(data[:end])


def write_line(sock: socket.socket, line: bytes, deadline: float) -> None:
    """Send *line*. Raises TimeoutError if it is not taken before the *deadline*."""
    _set_deadline(sock, deadline)
    sock.sendall(line)  # the timeout holds for all of it


def _set_deadline(sock: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0.0:
        raise TimeoutError
    sock.settimeout(left)
