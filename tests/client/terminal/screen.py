"""A client on a pseudo-terminal, and the screen that a person would see."""

import os
import select
import signal

import pexpect
import pyte
from wcwidth import wcswidth

from tests.client.client_process import TIMEOUT, client_command, wait_until

ROWS, COLUMNS = 24, 80
CURSOR_WANTED = b"\x1b[6n"


class Screen:
    """Eyes and fingers of a person at a small terminal."""

    def __init__(self, port: int, options: str, term: str, before: str) -> None:
        program, *arguments = client_command(port, options, before)
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
    def texts(self) -> list[str]:
        """The same, letter by letter: a wide one counts once."""
        return [self._text(row, self.screen.columns) for row in range(len(self.rows))]

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

    def see_written(self, text: str) -> None:
        """Look until *text* was written, even if it has scrolled away by now."""
        wait_until(lambda: self._look() or text in "\n".join(self.scrolled), text)

    def see_raw(self) -> None:
        """Wait until the prompt is there, and the terminal leaves keys to it."""
        wait_until(lambda: self._look() or b"\x1b[?2004h" in self.bytes, "prompt")

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def reflow(self, columns: int) -> None:
        """Make it narrower, as a terminal does that wraps its rows anew.

        The cursor stays behind the letter that it stood behind.
        """
        before, rows = self.screen.cursor, list[str]()
        row = column = 0
        for y in range(max(len(self.rows), before.y + 1)):
            rows += _wrapped(self._text(y, self.screen.columns), columns)
            if y == before.y:
                *above, last = _wrapped(self._text(y, before.x), columns)
                row = len(rows) - len(_wrapped(self._text(y, 999), columns))
                row, column = row + len(above), wcswidth(last)
        self.screen = pyte.HistoryScreen(columns, ROWS, history=10_000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed("\r\n".join(rows).encode())
        self._stream.feed(f"\x1b[{row + 1};{column + 1}H".encode())
        self.process.setwinsize(ROWS, columns)

    def see_still(self) -> None:
        """Look until the client has drawn nothing for half a second."""
        seen = -1
        while seen != len(self.bytes):
            seen = len(self.bytes)
            self._look(0.5)

    def kill(self, number: signal.Signals) -> None:
        """Send the client a signal."""
        self.process.kill(number)

    def wait(self) -> int:
        """Look until the client has ended, and return its exit code."""
        wait_until(lambda: self._look() or self.process.flag_eof, "end")
        return self._exit_code()

    def wait_unseen(self) -> int:
        """Wait until the client ends while nobody looks; return its exit code."""
        assert self.process.pid is not None
        process = os.pidfd_open(self.process.pid)
        try:
            assert select.select([process], [], [], TIMEOUT)[0], "it goes on"
        finally:
            os.close(process)
        return self._exit_code()

    def _exit_code(self) -> int:
        self.process.wait()
        if self.process.exitstatus is None:
            return 128 + int(self.process.signalstatus or 0)
        return int(self.process.exitstatus)

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.close(force=True)

    def _text(self, row: int, columns: int) -> str:
        """Return what is in that many columns of a row, but no blanks at its end."""
        cells = self.screen.buffer[row]
        shown = range(min(columns, self.screen.columns))
        return "".join(cells[column].data for column in shown).rstrip()

    def _look(self, wait: float = 0.1) -> bool:
        """Take in what is there, or comes in a moment; never says that it is enough."""
        try:
            data = self.process.read_nonblocking(65536, timeout=wait)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.bytes += data
        self._stream.feed(data.replace(CURSOR_WANTED, b""))
        for _ in range(data.count(CURSOR_WANTED)):
            cursor = self.screen.cursor
            self.press(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
        return False


def _wrapped(text: str, columns: int) -> list[str]:
    rows = [""]
    for char in text:
        if wcswidth(rows[-1] + char) > columns:
            rows.append("")
        rows[-1] += char
    return rows
