"""Standard input and output without a prompt: bytes in, whole lines out."""

import errno
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, TextIO

from parlour.system.background_writer import BackgroundWriter
from parlour.system.descriptors import read_some
from parlour.system.standard_streams import STANDARD_ERROR, STANDARD_OUTPUT

from ..protocol.display_items import DisplayItem
from .line_wrapping import TerminalWidth
from .printer import OutputLine, Printer, Widths
from .size import columns

READ_SIZE: Final = 16_384  # bytes of the input at a time
END_OF_INPUT_ERRORS: Final = {errno.EIO, errno.EBADF}
"""Errors that are an end: the terminal hung up or is another program's, or a shell
closed the input.
"""
WRITE_TIMEOUT: Final = (
    0.1  # seconds for a reader to take a piece before it counts as slow
)


class OutputClosed(Exception):  # noqa: N818  (not an error: `| head` has had enough)
    """Nobody reads our output any more."""


class PipeDisplay:
    """A screen of plain lines: the chat on standard output, the rest on error.

    What is shown is written at once where the reader takes it, and else in the
    background. Raises :class:`OutputClosed`, or OSError if the output cannot be
    written for another reason, a full disk for example.
    """

    def __init__(self, printer: Printer, *, timestamps: bool = False) -> None:
        self._printer = printer
        self._clock = "%H:%M " if timestamps else ""
        self._changed: Callable[[], object] = _nothing
        self._writer = BackgroundWriter(self._call_changed)
        self._encodings = {
            STANDARD_OUTPUT: _encoding(sys.stdout),
            STANDARD_ERROR: _encoding(sys.stderr),
        }

    @property
    def is_full(self) -> bool:
        """Whether the reader is slow, and nothing more should be shown for now."""
        return self._writer.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Call *changed*, in any thread, when it is full no more, or has failed."""
        self._changed = changed

    def _call_changed(self) -> None:
        self._changed()

    def show(self, shown: Sequence[DisplayItem]) -> None:
        """Show everything, in order; waits for a slow reader for a moment only."""
        widths = Widths(_width(sys.stdout), _width(sys.stderr))
        lines = self._printer.lines(shown, time.strftime(self._clock), widths)
        for is_chat, group in groupby(lines, key=_is_chat):
            number = STANDARD_OUTPUT if is_chat else STANDARD_ERROR
            text = "".join(f"{line.text}\n" for line in group)
            data = text.encode(*self._encodings[number])
            self._writer.write(number, data)
        if not self._writer.is_full:
            self._writer.flush(WRITE_TIMEOUT)
        self.check()

    def check(self) -> None:
        """Raise what has gone wrong with the output."""
        failure = self._writer.failure(STANDARD_OUTPUT)
        if isinstance(failure, BrokenPipeError):
            raise OutputClosed from None
        if failure is not None:
            raise failure

    def close(self, seconds: float | None) -> None:
        """Write what waits, for at most so many *seconds*. Raises as `show` does."""
        self._writer.close(seconds)
        self.check()


def start_input_thread(
    hear: Callable[[bytes], bool], fail: Callable[[OSError], object]
) -> None:
    """Start the thread that reads the standard input.

    It hands on every piece, in the end ``b""``, and stops early when *hear* says
    False. It calls *fail* with what went wrong before the end. It never outlives the
    program: nobody can interrupt a read.
    """

    def read() -> None:
        data = b"?"
        while data:
            try:
                data = read_some(sys.stdin.fileno(), READ_SIZE) if sys.stdin else b""
            except OSError as exc:
                if exc.errno not in END_OF_INPUT_ERRORS:
                    fail(exc)
                data = b""
            if not hear(data):
                break

    threading.Thread(target=read, name="keyboard", daemon=True).start()


def _is_chat(line: OutputLine) -> bool:
    return line.is_chat


def _encoding(stream: TextIO | None) -> tuple[str, str]:
    """Return the encoding of *stream*, and what becomes of what it does not have.

    On a terminal that is ``?``, since rows have a width, and else a code point.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding, "replace" if columns(stream) else "backslashreplace"


def _width(stream: TextIO | None) -> TerminalWidth | None:
    """Return how wide the terminal of *stream* is now, None if it has none."""
    found = columns(stream)
    return TerminalWidth(found) if found else None


def _nothing() -> None:
    """Do nothing: there is nobody yet who would have to know."""
