"""The chat on the server's own terminal.

A stopped terminal stops nobody: a thread writes, and the hub knows the console as
one more listener with a cursor, which lags while the terminal does.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import BinaryIO, Final

HIGH_WATER: Final = 256 << 10  # bytes that wait before the console counts as full
CLOSE_WAIT: Final = 1.0  # seconds that a terminal has to take the rest at the end


class Console:
    """Write to *stream* in a thread; call *drained* once it is full no more."""

    def __init__(self, stream: BinaryIO, drained: Callable[[], None]) -> None:
        self._stream = stream
        self._drained = drained
        self._waiting: deque[bytes] = deque()
        self._unsent = 0
        self._full = self._closed = False
        self._changed = threading.Condition()  # guards all of the above
        self._thread = threading.Thread(target=self._run, name="console", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether too much waits; *drained* is called when that is over."""
        with self._changed:
            return self._full

    def write(self, data: bytes) -> int:
        """Take *data*, and return how many bytes wait if that is too many, else 0.

        The console may have drained again by the time that the answer is read.
        """
        with self._changed:
            self._waiting.append(data)
            self._unsent += len(data)
            self._full = self._full or self._unsent > HIGH_WATER
            self._changed.notify()
            return self._unsent if self._full else 0

    def close(self) -> None:
        """Write what waits, unless the terminal takes nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(CLOSE_WAIT)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                data = b"".join(self._waiting)
                self._waiting.clear()
            try:
                self._stream.write(data)
                self._stream.flush()
            except (OSError, ValueError):
                pass  # the terminal is gone; the chat goes on without it
            with self._changed:
                self._unsent -= len(data)
                drained = self._full and not self._waiting
                self._full = self._full and not drained
            if drained:
                self._drained()
