"""One selector that listens to all the programs of a test.

Whoever waits for one program drains them all, so that none is ever held up by a
full pipe. Every wait has a deadline.
"""

import errno
import os
import selectors
import time
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 20.0  # seconds, for anything at all
READ_SIZE = 65536  # bytes


class Watch:
    """Descriptors, and what to do with what they say."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def close(self) -> None:
        """Watch nothing any more."""
        self._selector.close()

    def listen(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        """Give *take* what can be read from *descriptor*; ``b""`` at its end."""

        def read() -> None:
            try:
                data = os.read(descriptor, READ_SIZE)
            except OSError as exc:
                if exc.errno != errno.EIO:  # how a terminal says that all have left
                    raise
                data = b""
            if not data:
                self.ignore(descriptor)
            take(data)

        self._selector.register(descriptor, selectors.EVENT_READ, read)

    def ignore(self, descriptor: int) -> None:
        """Listen to *descriptor* no more."""
        with suppress(KeyError):
            self._selector.unregister(descriptor)

    def write(self, descriptor: int, data: bytes) -> None:
        """Write all of *data*, and listen to everybody meanwhile."""
        left = memoryview(data)

        def write() -> None:
            nonlocal left
            left = left[os.write(descriptor, left) :]

        os.set_blocking(descriptor, False)
        self._selector.register(descriptor, selectors.EVENT_WRITE, write)
        try:
            self.wait(lambda: not left, lambda: f"nobody reads the last {len(left)}")
        finally:
            self.ignore(descriptor)

    def wait(self, done: Callable[[], bool], why: Callable[[], str]) -> None:
        """Listen to everybody until *done*, or fail and say *why*."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            left = deadline - time.monotonic()
            assert left > 0, why()
            for key, _ in self._selector.select(left):
                key.data()


class Output:
    """What a stream has said so far, and how far the test has listened to it."""

    def __init__(self, watch: Watch, descriptor: int) -> None:
        self._watch, self._descriptor = watch, descriptor
        self._said = bytearray()
        self._heard = 0
        self.ended = False
        self.go_on()

    def go_on(self) -> None:
        """Listen to it."""
        self._watch.listen(self._descriptor, self._take)

    def stand_still(self) -> None:
        """Let it say what it likes, and take none of it for now."""
        self._watch.ignore(self._descriptor)

    @property
    def text(self) -> str:
        """All that was ever said."""
        return self._said.decode()

    @property
    def lines(self) -> list[str]:
        """The whole lines among it."""
        return self.text.split("\n")[:-1]

    def hear(self, words: str) -> str:
        """Listen on for a line with *words* in it, and return that line."""
        wanted = words.encode()
        self._watch.wait(
            lambda: self._line_with(wanted) is not None or self.ended,
            lambda: f"never heard {words!r} in {self.text!r}",
        )
        found = self._line_with(wanted)
        assert found is not None, f"ended without {words!r}: {self.text!r}"
        start, self._heard = found
        return self._said[start : self._heard].decode().rstrip("\n")

    def hear_end(self) -> str:
        """Listen to the end and return all that was said."""
        self._watch.wait(lambda: self.ended, lambda: f"goes on: {self.text[-2000:]!r}")
        return self.text

    def _line_with(self, wanted: bytes) -> tuple[int, int] | None:
        """Return where the next whole line with *wanted* in it starts and ends."""
        place = self._said.find(wanted, self._heard)
        end = self._said.find(b"\n", place + len(wanted)) + 1
        if place < 0 or not end:
            return None
        return self._said.rfind(b"\n", 0, place) + 1, end

    def _take(self, data: bytes) -> None:
        self._said += data
        self.ended = not data
