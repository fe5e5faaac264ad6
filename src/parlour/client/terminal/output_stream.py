"""The terminal as a stream that never makes the prompt wait for long."""

import sys
from collections.abc import Callable
from io import StringIO
from typing import Final

from parlour.system.background_writer import BackgroundWriter
from parlour.system.standard_streams import STANDARD_OUTPUT

RESTORE_SEQUENCE: Final = b"\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[0m"
"""Long rows wrap, pastes come without brackets, there is a cursor, and no colour."""

WRITE_SIZE: Final = (
    4_096  # bytes written at a time: few, so that RESTORE comes soon after
)
WRITE_TIMEOUT: Final = 0.1  # seconds for the terminal to take what is drawn


class OutputStream(StringIO):
    """What prompt_toolkit writes to instead of ``sys.stdout``.

    It has no ``fileno``: prompt_toolkit would make that blocking, for every program
    that shares it, and wait without end for a terminal that takes nothing.
    """

    encoding = "utf-8"

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self.encoding = sys.stdout.encoding or "utf-8"
        self._writer = BackgroundWriter(changed, write_size=WRITE_SIZE)

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, and nothing should be drawn for now."""
        return self._writer.is_full

    def write(self, text: str) -> int:
        """Write *text*, cell by cell: what cannot be shown is a ``?``."""
        self._writer.write(STANDARD_OUTPUT, text.encode(self.encoding, "replace"))
        return len(text)

    def flush(self) -> None:
        """Wait for a moment until all is written; raise OSError if that failed."""
        if not self._writer.is_full:
            self._writer.flush(WRITE_TIMEOUT)
        if failure := self._writer.failure(STANDARD_OUTPUT):
            raise failure

    def finish(self, seconds: float | None) -> None:
        """Write what waits, for at most so many *seconds*.

        What is left then is dropped, but not what restores the terminal.
        """
        is_done = False
        try:
            is_done = self._writer.flush(seconds)
        finally:  # also where Ctrl-C ends the wait
            if not is_done:
                self._writer.discard()
                self._writer.write(STANDARD_OUTPUT, RESTORE_SEQUENCE)
                self._writer.flush(WRITE_TIMEOUT)
            self._writer.close(0)
