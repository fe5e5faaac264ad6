"""A client on a pseudo-terminal, and the screen that a user sees."""

import os
import select
import signal

import pexpect
import pyte
from wcwidth import wcswidth

from tests.client.client_process import TIMEOUT, client_command, wait_until

ROWS, COLUMNS = 24, 80
CURSOR_QUERY = b"\x1b[6n"


class Screen:
    """The screen and the keys of a client on a small terminal."""

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
        """The rows on the screen, without the empty ones at the end."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def texts(self) -> list[str]:
        """The same rows, in which a wide character counts once."""
        return [self._text(row, self.screen.columns) for row in range(len(self.rows))]

    @property
    def scrolled(self) -> list[str]:
        """Every row since the start, also those that scrolled off."""
        scrolled = [
            "".join(row[column].data for column in range(self.screen.columns)).rstrip()
            for row in self.screen.history.top
        ]
        return scrolled + self.rows

    def press(self, keys: str) -> None:
        """Press *keys*."""
        self.process.send(keys)

    def expect_rows(self, *rows: str) -> None:
        """Wait until the last rows are exactly *rows*."""
        wanted = list(rows)
        wait_until(lambda: self._read() or self.rows[-len(wanted) :] == wanted, rows[0])

    def expect_text(self, text: str) -> None:
        """Wait until *text* is on the screen."""
        wait_until(lambda: self._read() or text in "\n".join(self.rows), text)

    def expect_written(self, text: str) -> None:
        """Wait until *text* was on the screen; it may have scrolled off."""
        wait_until(lambda: self._read() or text in "\n".join(self.scrolled), text)

    def wait_for_prompt(self) -> None:
        """Wait until the prompt reads keys in raw mode."""
        wait_until(lambda: self._read() or b"\x1b[?2004h" in self.bytes, "prompt")

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the terminal, without a reflow of its rows."""
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def reflow(self, columns: int) -> None:
        """Make the terminal narrower, with a reflow of its rows.

        The cursor stays after the same character.
        """
        before, rows = self.screen.cursor, list[str]()
        row = column = 0
        for y in range(max(len(self.rows), before.y + 1)):
            rows += _wrap(self._text(y, self.screen.columns), columns)
            if y == before.y:
                *above, last = _wrap(self._text(y, before.x), columns)
                row = len(rows) - len(_wrap(self._text(y, 999), columns))
                row, column = row + len(above), wcswidth(last)
        self.screen = pyte.HistoryScreen(columns, ROWS, history=10_000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed("\r\n".join(rows).encode())
        self._stream.feed(f"\x1b[{row + 1};{column + 1}H".encode())
        self.process.setwinsize(ROWS, columns)

    def wait_until_idle(self) -> None:
        """Wait until the client has drawn nothing for half a second."""
        seen = -1
        while seen != len(self.bytes):
            seen = len(self.bytes)
            self._read(0.5)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the client."""
        self.process.kill(number)

    def wait(self) -> int:
        """Read until the client has ended, and return its exit code."""
        wait_until(lambda: self._read() or self.process.flag_eof, "end")
        return self._exit_code()

    def wait_without_reading(self) -> int:
        """Wait for the client's end without reading; return its exit code."""
        assert self.process.pid is not None
        process = os.pidfd_open(self.process.pid)
        try:
            assert select.select([process], [], [], TIMEOUT)[0], "it has not ended"
        finally:
            os.close(process)
        return self._exit_code()

    def _exit_code(self) -> int:
        self.process.wait()
        if self.process.exitstatus is None:
            return 128 + int(self.process.signalstatus or 0)
        return int(self.process.exitstatus)

    def clean_up(self) -> None:
        """Kill the client, and close the terminal."""
        self.process.close(force=True)

    def _text(self, row: int, columns: int) -> str:
        """Return the text in the first *columns* of a row, without trailing blanks."""
        cells = self.screen.buffer[row]
        shown = range(min(columns, self.screen.columns))
        return "".join(cells[column].data for column in shown).rstrip()

    def _read(self, wait: float = 0.1) -> bool:
        """Read output for at most *wait* seconds. Returns False, for use with `or`."""
        try:
            data = self.process.read_nonblocking(65536, timeout=wait)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.bytes += data
        self._stream.feed(data.replace(CURSOR_QUERY, b""))
        for _ in range(data.count(CURSOR_QUERY)):
            cursor = self.screen.cursor
            self.press(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
        return False


def _wrap(text: str, columns: int) -> list[str]:
    rows = [""]
    for char in text:
        if wcswidth(rows[-1] + char) > columns:
            rows.append("")
        rows[-1] += char
    return rows
