"""A program on a pseudo-terminal, and the screen it draws there."""

import signal
from collections.abc import Callable

import pexpect
import pyte

from .event_loop import Output, Watch

CURSOR_WANTED = b"\x1b[6n"
HALVES = (b"\x1b[6", b"\x1b[", b"\x1b")  # that question may come in two pieces


class Terminal:
    """A small screen that remembers what scrolled away."""

    ROWS, COLUMNS = 24, 80

    def __init__(
        self, watch: Watch, process: "pexpect.spawn[bytes]", err: Output
    ) -> None:
        self._watch = watch
        self._process = process
        self._process.delaybeforesend = None
        self._screen = pyte.HistoryScreen(
            self.COLUMNS, self.ROWS, history=20_000, ratio=0.5
        )
        self._stream = pyte.ByteStream(self._screen)
        self._half = b""
        self.err = err
        self.ended = False
        watch.listen(process.child_fd, self._take)

    @property
    def lines(self) -> list[str]:
        """All lines, from the first that scrolled away to the last on the screen."""
        gone = [
            "".join(row[column].data for column in range(self.COLUMNS)).rstrip()
            for row in self._screen.history.top
        ]
        shown = [line.rstrip() for line in self._screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return gone + shown

    @property
    def text(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines)

    @property
    def screen(self) -> pyte.Screen:
        """What is shown now, with its colours."""
        return self._screen

    def see(self, words: str, times: int = 1) -> None:
        """Look until *words* are there, so many times."""
        self.see_that(lambda: self.text.count(words) >= times, words)

    def see_that(self, done: Callable[[], bool], words: str) -> None:
        """Look until *done*; *words* say what was looked for."""
        self._watch.wait(
            lambda: done() or self.ended,
            lambda: f"never saw {words!r}:\n{self.text}\n{self.err.text}",
        )
        assert done(), f"ended without {words!r}:\n{self.text}\n{self.err.text}"

    def see_prompt(self) -> None:
        """Look until the program reads keys by itself: the terminal echoes none."""
        self.see_that(lambda: not self.echoes(), "a prompt")

    def echoes(self) -> bool:
        """Tell whether the terminal shows by itself what is typed."""
        return self._process.getecho()

    def press(self, keys: str) -> None:
        """Press *keys*, as the terminal would send them."""
        self._process.send(keys.encode())

    def enter(self, line: str) -> None:
        """Type *line* and press Enter."""
        self.press(f"{line}\r")

    def wait(self) -> int:
        """Wait until the program ends; return its status as a shell would."""
        self._watch.wait(lambda: self.ended, lambda: f"goes on:\n{self.text}")
        self._process.wait()
        if self._process.signalstatus is not None:
            return 128 + self._process.signalstatus
        assert self._process.exitstatus is not None
        return self._process.exitstatus

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self._process.kill(number)

    def stop(self) -> int:
        """Ask the program to end, and wait until it has."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def end(self) -> None:
        """End the program, however it is."""
        self._watch.ignore(self._process.child_fd)
        if self._process.isalive():
            self._process.kill(signal.SIGKILL)
            self._process.wait()
        self._process.close()

    def _take(self, data: bytes) -> None:
        self.ended = not data
        *parts, last = (self._half + data).split(CURSOR_WANTED)
        self._half = next((half for half in HALVES if last.endswith(half)), b"")
        for part in parts:
            self._stream.feed(part)
            cursor = self._screen.cursor
            self.press(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
        self._stream.feed(last.removesuffix(self._half))
