"""A program on a pseudo-terminal, and the screen that it draws."""

import re
import signal
from collections.abc import Callable
from itertools import islice

import pexpect
import pyte

from .event_loop import EventLoop, Output

CURSOR_QUERY = b"\x1b[6n"
CURSOR_QUERY_PREFIXES = (b"\x1b[6", b"\x1b[", b"\x1b")  # a read may split the query


ROWS, COLUMNS = 24, 80
DIM = "dim"
"""The colour of dim text on a screen, which pyte has no attribute for."""

_COLOR = r"[345]8;(?:5;\d+|2;\d+;\d+;\d+);"
_DIM = re.compile(rf"^;(?:{_COLOR}|(?!2;|[345]8;)\d*;)*2;")
"""Parameters with a 2 that is not a part of a colour."""


class _Screen(pyte.HistoryScreen):
    """A screen with dim text."""

    def select_graphic_rendition(self, *attrs: int) -> None:
        super().select_graphic_rendition(*attrs)
        if _DIM.search(f";{';'.join(map(str, attrs))};"):
            self.cursor.attrs = self.cursor.attrs._replace(fg=DIM)


class Terminal:
    """A program's terminal, with its screen and everything that scrolled off it."""

    def __init__(
        self, loop: EventLoop, process: "pexpect.spawn[bytes]", err: Output
    ) -> None:
        self._loop = loop
        self._process = process
        self._process.delaybeforesend = None
        rows, self._columns = process.getwinsize()
        self._screen = _Screen(self._columns, rows, history=20_000, ratio=0.5)
        self._stream = pyte.ByteStream(self._screen)
        self._partial_query = b""
        self._scrolled: list[str] = []
        self._lines: list[str] | None = None  # as of the last received data
        self.received = bytearray()
        """Everything that the program has written to the terminal."""
        self.err = err
        self.ended = False
        loop.add_reader(process.child_fd, self._receive)

    @property
    def lines(self) -> list[str]:
        """All lines, from the first that scrolled off to the last on the screen."""
        if self._lines is None:
            shown = [line.rstrip() for line in self._screen.display]
            while shown and not shown[-1]:
                shown.pop()
            self._lines = self._read_scrolled() + shown
        return self._lines

    def _read_scrolled(self) -> list[str]:
        """Return the lines that scrolled off; only new ones are read."""
        rows = self._screen.history.top
        if len(rows) == rows.maxlen:
            self._scrolled.clear()  # the oldest rows may be dropped
        for row in islice(rows, len(self._scrolled), None):
            cells = (row[column].data for column in range(self._columns))
            self._scrolled.append("".join(cells).rstrip())
        return self._scrolled

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)

    @property
    def screen(self) -> pyte.Screen:
        """The screen as it is now, with its colours."""
        return self._screen

    def expect(self, text: str, times: int = 1) -> None:
        """Wait until *text* was displayed, *times* times."""
        self.wait_until(lambda: self.text.count(text) >= times, text)

    def wait_until(self, done: Callable[[], bool], expected: str) -> None:
        """Wait until *done*; a failure says what was *expected*."""
        self._loop.run_until(
            lambda: done() or self.ended,
            lambda: f"no {expected!r}:\n{self.text}\n{self.err.text}",
        )
        assert done(), f"ended without {expected!r}:\n{self.text}\n{self.err.text}"

    def wait_for_prompt(self) -> None:
        """Wait until the program has turned the terminal's echo off to read keys."""
        self.wait_until(lambda: not self.echoes(), "a prompt")

    def echoes(self) -> bool:
        """Return whether the terminal echoes what is typed."""
        return self._process.getecho()

    def press(self, keys: str) -> None:
        """Press *keys*, as the terminal would send them."""
        self._process.send(keys.encode())

    def enter(self, line: str) -> None:
        """Type *line* and press Enter."""
        self.press(f"{line}\r")

    def wait(self) -> int:
        """Wait for the end; return the exit code that a shell would report."""
        self._loop.run_until(lambda: self.ended, lambda: f"no end:\n{self.text}")
        self._process.wait()
        if self._process.signalstatus is not None:
            return 128 + self._process.signalstatus
        assert self._process.exitstatus is not None
        return self._process.exitstatus

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._process.kill(number)

    def stop(self) -> int:
        """Send SIGTERM to the program, and wait until it ends."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def clean_up(self) -> None:
        """Kill the program if it still runs, and close the terminal."""
        self._loop.remove(self._process.child_fd)
        if self._process.isalive():
            self._process.kill(signal.SIGKILL)
            self._process.wait()
        self._process.close()

    def _receive(self, data: bytes) -> None:
        self.ended, self._lines = not data, None
        self.received += data
        *parts, last = (self._partial_query + data).split(CURSOR_QUERY)
        prefixes = (each for each in CURSOR_QUERY_PREFIXES if last.endswith(each))
        self._partial_query = next(prefixes, b"")
        for part in parts:
            self._stream.feed(part)
            cursor = self._screen.cursor
            self.press(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
        self._stream.feed(last.removesuffix(self._partial_query))
