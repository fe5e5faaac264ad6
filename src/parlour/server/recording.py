"""Lets a batch be recorded before further connections are admitted."""

import threading
from collections.abc import Callable
from typing import Final

MAX_WAIT: Final = 0.005  # seconds that a batch delays new connections, at most


class Recording:
    """The batch that is being recorded, if any, for a driver that waits for it.

    The thread that records needs the interpreter's lock several times for each batch.
    Each time may take milliseconds while another thread is busy, for example with a
    flood of connections. If a driver waits before it admits one, the flood delays
    messages less.
    """

    def __init__(self) -> None:
        self._recorded: threading.Event | None = None

    def begin(self) -> Callable[[], None]:
        """Record the start of a batch; call the result from any thread at its end."""
        self._recorded = threading.Event()
        return self._recorded.set

    def wait(self) -> None:
        """Wait for the end of the batch, at most once for each batch and `MAX_WAIT`."""
        if self._recorded is not None:
            self._recorded.wait(MAX_WAIT)
            self._recorded = None
