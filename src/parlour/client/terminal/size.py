"""How large the terminal is that a stream is shown on."""

import os
from typing import Final, TextIO

COLUMNS: Final = 80  # of a terminal that does not know its size
ROWS: Final = 24  # the same


def size(stream: TextIO) -> os.terminal_size:
    """Return the size of the terminal of *stream* now. Raises OSError if it is gone."""
    columns, rows = os.get_terminal_size(stream.fileno())
    return os.terminal_size((columns or COLUMNS, rows or ROWS))


def columns(stream: TextIO | None) -> int:
    """Return the columns of the terminal of *stream* now, 0 if it has none."""
    try:
        if stream is None or not stream.isatty():
            return 0
        return size(stream).columns
    except (OSError, ValueError):
        return 0  # closed, or gone
