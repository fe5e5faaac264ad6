"""The chat on the server's own terminal.

A thread writes, so that a stopped terminal stops nothing else. To the hub, the console
is one more session, which lags while the terminal takes nothing.
"""

from collections.abc import Callable
from typing import Final

from parlour.core.sessions.closing import Ended
from parlour.system.background_writer import BackgroundWriter

CLOSE_TIMEOUT: Final = 1.0  # seconds for a terminal to take the rest at the end


class Console:
    """A thread that writes to *descriptor*, and calls *drained* when it has room."""

    def __init__(self, descriptor: int, drained: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._writer = BackgroundWriter(drained)

    @property
    def is_full(self) -> bool:
        """Whether too many bytes wait. *drained* is called when they no longer do."""
        return self._writer.is_full

    @property
    def failure(self) -> OSError | None:
        """Why nothing more can be written. *drained* is called then, too."""
        return self._writer.failure(self._descriptor)

    def write(self, data: bytes) -> int:
        """Write *data* soon; return how many bytes wait if that is too many, else 0.

        The console may have drained by the time that the caller uses the result.
        """
        return self._writer.write(self._descriptor, data)

    def close(self) -> None:
        """Write what waits, unless the terminal takes nothing."""
        self._writer.close(CLOSE_TIMEOUT)


class ConsoleTransport:
    """The console as a transport, which only writes.

    It calls *paused* with the number of waiting bytes when it is full, and *resumed*
    if it has drained by then.
    """

    address = "console"
    unsent = 0

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
        """Do nothing: a console is never read from."""

    def close_with(self, ended: Ended) -> None:
        """Do nothing: the driver closes the console."""

    def abort(self) -> None:
        """Do nothing: what was written is still shown."""
