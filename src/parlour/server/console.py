"""The chat on the server's own terminal.

A separate thread writes, so that a stopped terminal does not block the server. To the
hub, the console is another session, which lags while the terminal accepts no output.
"""

from collections.abc import Callable
from typing import Final

from parlour.core.sessions.closing import Ended
from parlour.system.background_writer import BackgroundWriter

CLOSE_TIMEOUT: Final = 1.0  # seconds to write the rest when the console closes


class Console:
    """A thread that writes to *descriptor*, and calls *drained* when it has drained."""

    def __init__(self, descriptor: int, drained: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._writer = BackgroundWriter(drained)

    @property
    def is_full(self) -> bool:
        """Whether too many bytes wait. *drained* is called once they are written."""
        return self._writer.is_full

    @property
    def failure(self) -> OSError | None:
        """The error after which nothing is written. *drained* is called then, too."""
        return self._writer.failure(self._descriptor)

    def write(self, data: bytes) -> int:
        """Queue *data*; return the number of waiting bytes if it is too high, else 0.

        The console may have drained by the time that the caller uses the result.
        """
        return self._writer.write(self._descriptor, data)

    def close(self) -> None:
        """Write the waiting bytes, for at most `CLOSE_TIMEOUT`, and end the thread."""
        self._writer.close(CLOSE_TIMEOUT)


class ConsoleTransport:
    """The console as a transport, which only writes.

    It calls *paused* with the number of waiting bytes when it is full, and *resumed*
    if it has drained by then.
    """

    address = "console"
    unsent = unacknowledged = 0

    def __init__(
        self,
        console: Console,
        paused: Callable[[int], None],
        resumed: Callable[[], None],
    ) -> None:
        self._console, self._paused, self._resumed = console, paused, resumed

    def write(self, data: bytes) -> None:
        """Write *data* to the terminal."""
        if unsent := self._console.write(data):
            self._paused(unsent)
            if not self._console.is_full:  # it has drained meanwhile
                self._resumed()

    def set_reading(self, *, on: bool) -> None:
        """Do nothing: the server never reads from the console."""

    def close_with(self, ended: Ended) -> None:
        """Do nothing: the driver closes the console."""

    def abort(self) -> None:
        """Do nothing: queued output is still written."""
