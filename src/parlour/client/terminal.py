"""How wide the terminal is that a stream is shown on."""

import os
from typing import Final, TextIO

UNKNOWN: Final = 80  # columns of a terminal that does not know its size


def columns(stream: TextIO | None) -> int:
    """Return the columns of the terminal of *stream* now, 0 if it has none."""
    try:
        if stream is None or not stream.isatty():
            return 0
        return os.get_terminal_size(stream.fileno()).columns or UNKNOWN
    except (OSError, ValueError):
        return 0  # closed, or gone
