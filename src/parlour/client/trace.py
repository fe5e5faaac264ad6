"""Every line of the wire, in a file, for those who debug a conversation."""

import os
import time
from pathlib import Path
from typing import Final, TextIO

from parlour.core.lines import OVERLONG, Lines
from parlour.core.redaction import redact

from .display import clean

MAX_LINE: Final = 16 << 20  # bytes


class Trace:
    """A file that only its owner can read; lines are appended.

    Raises OSError if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(path, flags, 0o600)
        self._file: TextIO = os.fdopen(descriptor, "a", encoding="utf-8", buffering=1)
        self._sent, self._received = Lines(MAX_LINE), Lines(MAX_LINE)

    def sent(self, data: bytes) -> None:
        """Write down what went to the server."""
        self._write(">", self._sent.feed(data))

    def received(self, data: bytes) -> None:
        """Write down what came from it."""
        self._write("<", self._received.feed(data))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, direction: str, lines: list[bytes]) -> None:
        for line in lines:
            text = "(a line too long to keep)" if line is OVERLONG else _text(line)
            now = time.time()
            clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(now))
            self._file.write(f"{clock}.{int(now % 1 * 1000):03} {direction} {text}\n")


def _text(line: bytes) -> str:
    return clean(redact(line).decode("utf-8", "backslashreplace"))
