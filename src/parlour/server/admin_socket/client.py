"""Asks a running server through its admin socket, for the command line."""

import os
import socket
import time
from pathlib import Path
from typing import Final

from parlour.core.protocol.admin_answers import MAX_ANSWER, Answer, decode_answer

from .lines import LineTooLongError, read_line, write_line

CONNECT_TIMEOUT: Final = 5.0  # seconds
TIMEOUT: Final = 40.0  # seconds for the answer; longer than the server needs
BACKUP_TIMEOUT: Final = 6 * 3600.0  # seconds for the answer to a request of a backup


class NoServerError(Exception):
    """No server listens on the socket."""


class NoAnswerError(Exception):
    """The server did not answer, so the outcome is not known."""


def ask_server(path: Path, request: bytes, timeout: float = TIMEOUT) -> Answer:
    """Send a line to the server at *path*, and return the answer.

    The answer has *timeout* seconds to arrive.
    Raises NoServerError, NoAnswerError, and OSError if the socket cannot be used.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(CONNECT_TIMEOUT)
        try:
            sock.connect(os.fspath(path))
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise NoServerError from None
        except (BlockingIOError, TimeoutError):
            raise NoAnswerError("the server accepts no more requests") from None
        deadline = time.monotonic() + timeout
        try:
            write_line(sock, request, deadline)
            return decode_answer(read_line(sock, MAX_ANSWER, deadline))
        except TimeoutError:
            raise NoAnswerError("the server does not answer") from None
        except (EOFError, ConnectionError):
            raise NoAnswerError("the server closed the connection") from None
        except (LineTooLongError, ValueError):
            raise NoAnswerError("the answer is not that of this version") from None
