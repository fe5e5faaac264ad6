"""Write in a thread, so that a slow reader does not block the program."""

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from .descriptors import WRITE_SIZE, write_all

HIGH_WATER: Final = 262_144  # unwritten bytes; with more, the writer counts as full


def start_without_signals(thread: threading.Thread) -> None:
    """Start *thread* with all signals blocked.

    Other threads handle signals; in particular, the one that handles Ctrl-Z restores
    the terminal first.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class BackgroundWriter:
    """A thread that writes queued data to descriptors, in order. Any thread may queue.

    The thread calls *on_change* when the writer has drained after it was full, and
    when a write has failed; it then ignores further data for that descriptor. The
    process can exit while the thread blocks in a write. A single write has at most
    *write_size* bytes; :meth:`discard` does not stop a write that has begun.
    """

    def __init__(
        self, on_change: Callable[[], None], *, write_size: int = WRITE_SIZE
    ) -> None:
        self._on_change, self._write_size = on_change, write_size
        self._queue: deque[tuple[int, bytes]] = deque()  # each at most *write_size*
        self._unwritten = 0  # bytes
        self._full = self._closed = False
        self._failures: dict[int, OSError] = {}  # by descriptor
        self._changed = threading.Condition()  # guards all of the above
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        start_without_signals(self._thread)

    @property
    def is_full(self) -> bool:
        """Whether too much is queued; *on_change* is called when it has drained."""
        with self._changed:
            return self._full

    def failure(self, descriptor: int) -> OSError | None:
        """Return the error that made writes to *descriptor* fail, if any."""
        with self._changed:
            return self._failures.get(descriptor)

    def write(self, descriptor: int, data: bytes) -> int:
        """Queue *data*; return the number of unwritten bytes if it is full, else 0.

        The thread may have written them by the time the caller reads the number.
        """
        with self._changed:
            if descriptor not in self._failures:
                self._queue.extend(
                    (descriptor, data[start : start + self._write_size])
                    for start in range(0, len(data), self._write_size)
                )
                self._unwritten += len(data)
                self._full = self._full or self._unwritten > HIGH_WATER
                self._changed.notify_all()
            return self._unwritten if self._full else 0

    def flush(self, timeout: float | None) -> bool:
        """Wait at most *timeout* seconds until everything is written.

        Returns False after a timeout; the writer then counts as full until it drains.
        """
        with self._changed:
            if self._changed.wait_for(lambda: not self._unwritten, timeout):
                return True
            self._full = True
            return False

    def discard(self) -> None:
        """Drop the queued data, except for a write that has begun."""
        with self._changed:
            self._unwritten -= sum(len(data) for _, data in self._queue)
            self._queue.clear()

    def close(self, timeout: float | None) -> bool:
        """Write the queued data within *timeout* seconds; return whether all is."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        return self.flush(timeout)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closed)
                if not self._queue:
                    return
                descriptor, data = self._take()
            failure = self._write(descriptor, data)
            with self._changed:
                self._unwritten -= len(data)
                if failure is not None:
                    self._failures.setdefault(descriptor, failure)
                is_drained = self._full and not self._unwritten
                self._full = self._full and not is_drained
                self._changed.notify_all()
            if is_drained or failure is not None:
                self._on_change()

    def _take(self) -> tuple[int, bytes]:
        """Return the data for the next write, and its descriptor."""
        descriptor, data = self._queue.popleft()
        pieces, room = [data], self._write_size - len(data)
        while self._queue:
            following, data = self._queue[0]
            if following != descriptor or len(data) > room:
                break
            self._queue.popleft()
            pieces.append(data)
            room -= len(data)
        return descriptor, b"".join(pieces)

    def _write(self, descriptor: int, data: bytes) -> OSError | None:
        if descriptor in self._failures:
            return None
        try:
            write_all(descriptor, data)
        except OSError as exc:
            return exc
        return None
