"""The terminal as a stream that never blocks the prompt for long."""

import sys
from collections.abc import Callable
from io import StringIO
from typing import Final

from parlour.system.background_writer import BackgroundWriter
from parlour.system.standard_streams import STANDARD_OUTPUT

RESTORE_SEQUENCE: Final = b"\x1b[?7h\x1b[?2004l\x1b[?1004l\x1b[?25h\x1b[0m"
"""Turn on line wrapping and the cursor; turn off pastes, focus reports and colours."""

WRITE_SIZE: Final = 4_096  # bytes in one write; RESTORE_SEQUENCE waits for at most one
WRITE_TIMEOUT: Final = 0.1  # seconds for a write until the terminal counts as slow


class OutputStream(StringIO):
    """The stream that prompt_toolkit writes to, instead of ``sys.stdout``.

    It has no ``fileno``. Otherwise prompt_toolkit would make the descriptor blocking,
    for every program that shares it, and wait forever for a terminal that is stuck.
    """

    encoding = "utf-8"

    def __init__(self, on_change: Callable[[], None]) -> None:
        super().__init__()
        self.encoding = sys.stdout.encoding or "utf-8"
        self._writer = BackgroundWriter(on_change, write_size=WRITE_SIZE)

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, so that nothing should be drawn for now."""
        return self._writer.is_full

    def write(self, text: str) -> int:
        """Write *text*; a character that the encoding does not have becomes ``?``."""
        self._writer.write(STANDARD_OUTPUT, text.encode(self.encoding, "replace"))
        return len(text)

    def flush(self) -> None:
        """Wait shortly until everything is written; raise OSError if a write failed."""
        if not self._writer.is_full:
            self._writer.flush(WRITE_TIMEOUT)
        if failure := self._writer.failure(STANDARD_OUTPUT):
            raise failure

    def finish(self, timeout: float | None) -> None:
        """Write the rest, for at most *timeout* seconds, and close the stream.

        After the timeout, the rest is dropped and the terminal is restored.
        """
        is_done = False
        try:
            is_done = self._writer.flush(timeout)
        finally:  # even if Ctrl-C interrupts the wait
            if not is_done:
                self._writer.discard()
                self._writer.write(STANDARD_OUTPUT, RESTORE_SEQUENCE)
                self._writer.flush(WRITE_TIMEOUT)
            self._writer.close(0)
