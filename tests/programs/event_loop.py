"""An event loop that reads the output of every program of a test.

While a test waits for one program, the loop reads the output of all of them, so that
no program blocks on a full pipe. Every wait has a deadline.
"""

import errno
import os
import selectors
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

TIMEOUT = 20.0  # seconds, for any wait
READ_SIZE = 65536  # bytes


class EventLoop:
    """Descriptors, with a callback for the data of each."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def close(self) -> None:
        """Stop reading all descriptors."""
        self._selector.close()

    def add_reader(self, descriptor: int, receive: Callable[[bytes], None]) -> None:
        """Call *receive* with what is read from *descriptor*; ``b""`` at its end."""

        def read() -> None:
            try:
                data = os.read(descriptor, READ_SIZE)
            except OSError as exc:
                if exc.errno != errno.EIO:  # every program closed the terminal
                    raise
                data = b""
            if not data:
                self.remove(descriptor)
            receive(data)

        self._selector.register(descriptor, selectors.EVENT_READ, read)

    def remove(self, descriptor: int) -> None:
        """Stop reading *descriptor*."""
        with suppress(KeyError):
            self._selector.unregister(descriptor)

    def write_all(self, descriptor: int, data: bytes) -> None:
        """Write all of *data*, and read all other descriptors meanwhile."""
        left = memoryview(data)

        def write() -> None:
            nonlocal left
            left = left[os.write(descriptor, left) :]

        os.set_blocking(descriptor, False)
        self._selector.register(descriptor, selectors.EVENT_WRITE, write)
        try:
            self.run_until(lambda: not left, lambda: f"{len(left)} bytes are not read")
        finally:
            self.remove(descriptor)

    def run_until(self, done: Callable[[], bool], why: Callable[[], str]) -> None:
        """Read all descriptors until *done*; fail with *why* after the timeout."""
        deadline = time.monotonic() + TIMEOUT
        while not done():
            left = deadline - time.monotonic()
            assert left > 0, why()
            self._turn(left)

    def run_for(self, seconds: float) -> None:
        """Read all descriptors for *seconds*."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._turn(left)

    def _turn(self, timeout: float) -> None:
        """Read what is there within *timeout* seconds."""
        for key, _ in self._selector.select(timeout):
            key.data()


class Output:
    """The output of a stream so far, and the position up to which it was matched."""

    def __init__(self, loop: EventLoop, descriptor: int) -> None:
        self._loop, self._descriptor = loop, descriptor
        self._data = bytearray()
        self._position = 0
        self.ended = False
        self.resume_reading()

    def resume_reading(self) -> None:
        """Read the stream again."""
        self._loop.add_reader(self._descriptor, self._receive)

    def pause_reading(self) -> None:
        """Stop reading the stream for now; its writer may block."""
        self._loop.remove(self._descriptor)

    @property
    def text(self) -> str:
        """All output so far."""
        return self._data.decode()

    @property
    def lines(self) -> list[str]:
        """The complete lines of the output."""
        return self.text.split("\n")[:-1]

    def expect(self, *texts: str) -> str:
        """Wait for the next line that contains one of *texts*, and return that line."""
        wanted, shown = [text.encode() for text in texts], " or ".join(map(repr, texts))
        self._loop.run_until(
            lambda: self._line_with(wanted) is not None or self.ended,
            lambda: f"no {shown} in {self.text!r}",
        )
        found = self._line_with(wanted)
        assert found is not None, f"ended without {shown}: {self.text!r}"
        start, self._position = found
        return self._data[start : self._position].decode().rstrip("\n")

    def expect_user(self, name: str) -> str:
        """Wait for the notice that a user is there with *name*, and return it.

        If the hello of a client arrives late, because the machine is busy, the user
        enters under the address of the client, and is renamed.
        """
        return self.expect(f"{name} has entered the chat", f"renamed to {name}")

    def expect_all(self, texts: Iterable[str]) -> None:
        """Wait until the output has all of *texts*, in any order."""
        wanted = [text.encode() for text in texts]

        def missing() -> list[bytes]:
            return [each for each in wanted if each not in self._data]

        self._loop.run_until(
            lambda: not missing() or self.ended,
            lambda: f"no {missing()} in {self.text!r}",
        )
        assert not missing(), f"ended without {missing()}: {self.text!r}"

    def expect_end(self) -> str:
        """Wait for the end of the stream, and return all output."""
        self._loop.run_until(
            lambda: self.ended, lambda: f"no end: {self.text[-2000:]!r}"
        )
        return self.text

    def _line_with(self, wanted: Iterable[bytes]) -> tuple[int, int] | None:
        """Return where the next complete line with one of *wanted* starts and ends."""
        places = [self._data.find(each, self._position) for each in wanted]
        place = min([each for each in places if each >= 0], default=-1)
        end = self._data.find(b"\n", place) + 1
        if place < 0 or not end:
            return None
        return self._data.rfind(b"\n", 0, place) + 1, end

    def _receive(self, data: bytes) -> None:
        self._data += data
        self.ended = not data
