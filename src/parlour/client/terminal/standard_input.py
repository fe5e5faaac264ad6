"""The standard input without a prompt, which a thread reads."""

import errno
import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from parlour.system.descriptors import read_some

READ_SIZE: Final = 16_384  # bytes of input in one read
MAX_REST: Final = 1 << 20  # bytes that are read to count lines that are not sent
REST_TIMEOUT: Final = 1.0  # seconds for that, which takes data that is there
END_OF_INPUT_ERRORS: Final = {errno.EIO, errno.EBADF}
"""Errors that count as the end of input: the terminal was closed or belongs to another
program, or a shell closed the input.
"""


class Rest(NamedTuple):
    """What the input had when nothing more was sent."""

    data: bytes
    has_more: bool  # or may have, since its end was not read


class StandardInput:
    """The standard input, of which each piece is passed on once.

    The thread calls *on_data* with each piece, and with ``b""`` at the end; if that
    returns False, it stops. If a read fails, it calls *on_error* before the end.

    It waits for data before it reads, and passes on what it has read before it gives
    the lock back. So :meth:`take_rest` misses nothing.
    """

    def __init__(
        self, on_data: Callable[[bytes], bool], on_error: Callable[[OSError], object]
    ) -> None:
        self._on_data, self._on_error = on_data, on_error
        self._descriptor = sys.stdin.fileno() if sys.stdin else -1
        # A terminal stops or refuses a program in the background when it reads.
        self._is_terminal = self._descriptor >= 0 and os.isatty(self._descriptor)
        self._lock = threading.Lock()  # from a read until its data is passed on
        self._has_ended = False  # nothing more is read
        self._rest = bytearray()
        self._has_rest_ended = False

    def start(self) -> None:
        """Start the thread, a daemon: a wait for input cannot be interrupted."""
        threading.Thread(target=self._run, name="keyboard", daemon=True).start()

    def take_rest(self) -> Rest:
        """Remove and return the data that is there, without waiting for more.

        The thread passes nothing on afterwards. What is typed on a terminal is left to
        the shell.
        """
        if self._is_terminal:
            return Rest(b"", has_more=False)
        # In a thread, since another program may take the data before it is read.
        reading = threading.Thread(target=self._read_rest, name="rest", daemon=True)
        reading.start()
        reading.join(REST_TIMEOUT)
        return Rest(bytes(self._rest), has_more=not self._has_rest_ended)

    def _run(self) -> None:
        while not self._has_ended:
            if not self._is_terminal:
                self._is_ready(None)
            with self._lock:
                if not self._has_ended:
                    self._has_ended = not self._pass_on()

    def _pass_on(self) -> bool:
        """Read a piece and pass it on; return whether to read more."""
        try:
            data = self._read()
        except OSError as exc:
            self._on_error(exc)
            data = b""
        return self._on_data(data) and bool(data)

    def _read_rest(self) -> None:
        with self._lock:
            self._has_ended = True
            while self._is_ready(0):
                if len(self._rest) >= MAX_REST:
                    return
                try:
                    data = self._read()
                except OSError:
                    return
                if not data:
                    self._has_rest_ended = True
                    return
                self._rest += data

    def _is_ready(self, timeout: float | None) -> bool:
        """Wait, and return whether a read returns at once: data, an end or an error."""
        if self._descriptor < 0:
            return True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(timeout))

    def _read(self) -> bytes:
        """Return the next piece, ``b""`` at the end."""
        if self._descriptor < 0:
            return b""
        try:
            return read_some(self._descriptor, READ_SIZE)
        except OSError as exc:
            if exc.errno not in END_OF_INPUT_ERRORS:
                raise
            return b""
