"""The size of the terminal that a stream writes to."""

import os
import sys
from typing import Final, TextIO

COLUMNS: Final = 80  # of a terminal that does not report its size
ROWS: Final = 24  # of such a terminal


def size(stream: TextIO) -> os.terminal_size:
    """Return the current size of the terminal of *stream*. Raises OSError if closed."""
    columns, rows = os.get_terminal_size(stream.fileno())
    return os.terminal_size((columns or COLUMNS, rows or ROWS))


def screen_size() -> os.terminal_size:
    """Return the size of the terminal of standard output; a usual one if closed."""
    try:
        return size(sys.stdout)
    except OSError:
        return os.terminal_size((COLUMNS, ROWS))


def columns(stream: TextIO | None) -> int:
    """Return the current columns of the terminal of *stream*, 0 without a terminal."""
    try:
        if stream is None or not stream.isatty():
            return 0
        return size(stream).columns
    except (OSError, ValueError):
        return 0  # the stream or the terminal is closed
