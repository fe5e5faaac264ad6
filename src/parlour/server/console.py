"""The chat on the server's own terminal.

A stopped terminal stops nobody: a thread writes, and the hub knows the console as
one more listener with a cursor, which lags while the terminal does.
"""

from collections.abc import Callable
from typing import Final

from parlour.system.background_writer import BackgroundWriter

CLOSE_WAIT: Final = 1.0  # seconds that a terminal has to take the rest at the end


class Console:
    """Write to *descriptor* in a thread; call *drained* once it is full no more."""

    def __init__(self, descriptor: int, drained: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._writer = BackgroundWriter(drained)

    @property
    def is_full(self) -> bool:
        """Whether too much waits; *drained* is called when that is over."""
        return self._writer.is_full

    @property
    def failure(self) -> OSError | None:
        """Why nothing can be written any more; *drained* is called then, too."""
        return self._writer.failure(self._descriptor)

    def write(self, data: bytes) -> int:
        """Take *data*, and return how many bytes wait if that is too many, else 0.

        The console may have drained again by the time that the answer is read.
        """
        return self._writer.write(self._descriptor, data)

    def close(self) -> None:
        """Write what waits, unless the terminal takes nothing."""
        self._writer.close(CLOSE_WAIT)
