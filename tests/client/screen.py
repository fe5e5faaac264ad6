"""A client on a pseudo-terminal, and the screen that a person would see."""

import os
import signal

import pexpect
import pyte

from tests.client.helpers import command, wait_until

ROWS, COLUMNS = 24, 80
CURSOR_WANTED = b"\x1b[6n"


class Screen:
    """Eyes and fingers of a person at a small terminal."""

    def __init__(self, port: int, options: str, term: str) -> None:
        program, *arguments = command(port, options)
        environ = {"TERM": term, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self.process: pexpect.spawn[bytes] = pexpect.spawn(
            program, arguments, env=environ, dimensions=(ROWS, COLUMNS)
        )
        self.process.delaybeforesend = None
        self.screen = pyte.HistoryScreen(COLUMNS, ROWS, history=10_000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)
        self.bytes = b""

    @property
    def rows(self) -> list[str]:
        """The rows that are on the screen now, the empty ones at the end left out."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def scrolled(self) -> list[str]:
        """Every row since the beginning."""
        gone = [
            "".join(row[column].data for column in range(self.screen.columns)).rstrip()
            for row in self.screen.history.top
        ]
        return gone + self.rows

    def press(self, keys: str) -> None:
        """Press *keys*."""
        self.process.send(keys)

    def see(self, *rows: str) -> None:
        """Look until the last rows are exactly these."""
        wanted = list(rows)
        wait_until(lambda: self._look() or self.rows[-len(wanted) :] == wanted, rows[0])

    def see_text(self, text: str) -> None:
        """Look until *text* is somewhere on the screen."""
        wait_until(lambda: self._look() or text in "\n".join(self.rows), text)

    def see_raw(self) -> None:
        """Wait until the prompt is there, and the terminal leaves keys to it."""
        wait_until(lambda: self._look() or b"\x1b[?2004h" in self.bytes, "prompt")

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def kill(self, number: signal.Signals) -> None:
        """Send the client a signal."""
        self.process.kill(number)

    def wait(self) -> int:
        """Look until the client has ended, and return its exit code."""
        wait_until(lambda: self._look() or self.process.flag_eof, "end")
        self.process.wait()
        if self.process.exitstatus is None:
            return 128 + int(self.process.signalstatus or 0)
        return int(self.process.exitstatus)

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.close(force=True)

    def _look(self) -> bool:
        """Take in what is there, or comes in a moment; never says that it is enough."""
        try:
            data = self.process.read_nonblocking(65536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.bytes += data
        self._stream.feed(data.replace(CURSOR_WANTED, b""))
        for _ in range(data.count(CURSOR_WANTED)):
            cursor = self.screen.cursor
            self.press(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
        return False
