"""Write in a thread, so that a reader that stopped stops nobody else."""

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from .descriptors import CHUNK, write_all

HIGH_WATER: Final = 262_144  # bytes that wait before the writer counts as full


def start_without_signals(thread: threading.Thread) -> None:
    """Start *thread*, which never gets a signal.

    Signals are for the threads that wait for them, and Ctrl-Z for the one that
    restores the terminal first.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class BackgroundWriter:
    """Write to descriptors, in order; call *changed* from the thread.

    *changed* is called once it is full no more, and when a descriptor has failed,
    after which nothing more is written to that one. The process can end while the
    thread is held up in a write. It writes at most so many bytes in a *piece*, which
    :meth:`drop` cannot take back.
    """

    def __init__(self, changed: Callable[[], None], *, piece: int = CHUNK) -> None:
        self._changed, self._piece = changed, piece
        self._waiting: deque[tuple[int, bytes]] = deque()  # a piece each, at most
        self._unsent = 0
        self._full = self._closed = False
        self._failures: dict[int, OSError] = {}  # by descriptor
        self._turn = threading.Condition()  # guards all of the above
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        start_without_signals(self._thread)

    @property
    def is_full(self) -> bool:
        """Whether too much waits; *changed* is called when that is over."""
        with self._turn:
            return self._full

    def failure(self, descriptor: int) -> OSError | None:
        """Return why *descriptor* can be written to no more."""
        with self._turn:
            return self._failures.get(descriptor)

    def write(self, descriptor: int, data: bytes) -> int:
        """Take *data*, and return how many bytes wait if that is too many, else 0.

        The thread may have written them by the time that the answer is read.
        """
        with self._turn:
            if descriptor not in self._failures:
                self._waiting.extend(
                    (descriptor, data[start : start + self._piece])
                    for start in range(0, len(data), self._piece)
                )
                self._unsent += len(data)
                self._full = self._full or self._unsent > HIGH_WATER
                self._turn.notify_all()
            return self._unsent if self._full else 0

    def flush(self, seconds: float | None) -> bool:
        """Wait until all is written, at most so many *seconds*; False if it is not.

        Then it counts as full until it is.
        """
        with self._turn:
            if self._turn.wait_for(lambda: not self._unsent, seconds):
                return True
            self._full = True
            return False

    def drop(self) -> None:
        """Forget what waits; the piece that is being written is written."""
        with self._turn:
            self._unsent -= sum(len(data) for _, data in self._waiting)
            self._waiting.clear()

    def close(self, seconds: float | None) -> bool:
        """Write what waits, at most so many *seconds*; False if that is not all."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        return self.flush(seconds)

    def _run(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                descriptor, data = self._take()
            failure = self._write(descriptor, data)
            with self._turn:
                self._unsent -= len(data)
                if failure is not None:
                    self._failures.setdefault(descriptor, failure)
                is_drained = self._full and not self._unsent
                self._full = self._full and not is_drained
                self._turn.notify_all()
            if is_drained or failure is not None:
                self._changed()

    def _take(self) -> tuple[int, bytes]:
        """Return what is next for one descriptor, as much as one piece may have."""
        descriptor, data = self._waiting.popleft()
        pieces, room = [data], self._piece - len(data)
        while self._waiting:
            following, data = self._waiting[0]
            if following != descriptor or len(data) > room:
                break
            self._waiting.popleft()
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
