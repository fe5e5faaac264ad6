"""Standard output and standard error without a prompt: items in, lines out."""

import sys
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, TextIO

from parlour.system.background_writer import BackgroundWriter
from parlour.system.standard_streams import STANDARD_ERROR, STANDARD_OUTPUT

from .formatter import Formatter, OutputLine, Widths
from .line_wrapping import TerminalWidth
from .shown_items import ShownItem
from .size import columns

WRITE_TIMEOUT: Final = 0.1  # seconds for a write until its reader counts as slow


class OutputClosed(Exception):  # noqa: N818  (not an error: `| head` ends early)
    """The reader of the output has closed it."""


class PipeDisplay:
    """A display of plain lines: the chat on standard output, notes on standard error.

    Lines are written at once if the reader is fast enough, and otherwise in the
    background. Raises :class:`OutputClosed`, or OSError if a write fails for another
    reason, such as a full disk.
    """

    def __init__(self, formatter: Formatter, *, timestamps: bool = False) -> None:
        self._formatter = formatter
        self._clock = "%H:%M " if timestamps else ""
        self._changed: Callable[[], object] = _do_nothing
        self._writer = BackgroundWriter(self._call_changed)
        self._encodings = {
            STANDARD_OUTPUT: _encoding(sys.stdout),
            STANDARD_ERROR: _encoding(sys.stderr),
        }

    @property
    def is_full(self) -> bool:
        """Whether the reader is slow, so that nothing should be displayed for now."""
        return self._writer.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Have *changed* called, in any thread, once the display drained or failed."""
        self._changed = changed

    def _call_changed(self) -> None:
        self._changed()

    def show(self, items: Sequence[ShownItem]) -> None:
        """Write all *items*, in order; wait only shortly for a slow reader."""
        widths = Widths(_width(sys.stdout), _width(sys.stderr))
        lines = self._formatter.lines(items, time.strftime(self._clock), widths)
        for is_chat, group in groupby(lines, key=_is_chat):
            number = STANDARD_OUTPUT if is_chat else STANDARD_ERROR
            text = "".join(f"{line.text}\n" for line in group)
            data = text.encode(*self._encodings[number])
            self._writer.write(number, data)
        if not self._writer.is_full:
            self._writer.flush(WRITE_TIMEOUT)
        self.check()

    def check(self) -> None:
        """Raise the error of a failed write."""
        failure = self._writer.failure(STANDARD_OUTPUT)
        if isinstance(failure, BrokenPipeError):
            raise OutputClosed from None
        if failure is not None:
            raise failure

    def close(self, timeout: float | None) -> None:
        """Write the rest, for at most *timeout* seconds. Raises the same as `show`."""
        self._writer.close(timeout)
        self.check()


def _is_chat(line: OutputLine) -> bool:
    return line.is_chat


def _encoding(stream: TextIO | None) -> tuple[str, str]:
    """Return the encoding of *stream*, and how to write characters that it lacks.

    On a terminal they become ``?``, since rows have a width, and otherwise an escape.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding, "replace" if columns(stream) else "backslashreplace"


def _width(stream: TextIO | None) -> TerminalWidth | None:
    """Return the current width of the terminal of *stream*, None without a terminal."""
    found = columns(stream)
    return TerminalWidth(found) if found else None


def _do_nothing() -> None:
    """Ignore a change before :meth:`PipeDisplay.on_change` was called."""
