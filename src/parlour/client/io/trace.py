"""A trace file with every line that was sent or received, for debugging."""

import time
from pathlib import Path
from typing import Final

from parlour.core.protocol.trace_lines import TraceLines
from parlour.system.standard_streams import print_error
from parlour.system.trace_file import TraceFile

from ..terminal.safe_text import make_safe

MAX_LINE: Final = 1 << 20  # bytes of a line that are written


class Trace:
    """A trace file that only its owner can read, written by a thread.

    Raises OSError if it cannot be opened. If a write fails later, the trace ends and
    the conversation continues.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failure: OSError | None = None
        self._file = TraceFile(path, self._set_failure)
        self._sent = TraceLines(MAX_LINE, make_safe)
        self._received = TraceLines(MAX_LINE, make_safe)

    def sent(self, data: bytes) -> None:
        """Record *data* that was sent to the server."""
        self._write(">", self._sent.feed(data))

    def received(self, data: bytes) -> None:
        """Record *data* that was received from the server; ``b""`` is the end."""
        lines = self._received.feed(data) if data else self._received.end()
        self._write("<", lines)

    def close(self) -> None:
        """Write the rest, close the file, and report if the trace is incomplete."""
        self._write(">", self._sent.end())
        self._write("<", self._received.end())
        self._file.close()
        if self._failure is not None:
            reason = self._failure.strerror
            print_error(f"parlour: the trace to {self._path} is incomplete: {reason}\n")

    def _set_failure(self, error: OSError) -> None:
        self._failure = error

    def _write(self, direction: str, lines: list[str]) -> None:
        if not lines:
            return
        now = time.time()
        clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(now))
        head = f"{clock}.{int(now % 1 * 1000):03} {direction}"
        text = "".join(f"{head} {line}\n" for line in lines)
        self._file.append(text.encode(), len(lines))
