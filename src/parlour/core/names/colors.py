"""The colour of a name: the same wherever it is shown, and in every run."""

from typing import Final
from zlib import crc32

NAME_COLORS: Final = 7


def name_color(name: str) -> int:
    """Return the number of the colour of *name*, from 0 up to :data:`NAME_COLORS`."""
    return crc32(name.encode("utf-8", "replace")) % NAME_COLORS
