"""The colour of a name: the same in every program and every run."""

from typing import Final
from zlib import crc32

NAME_COLORS: Final = 7


def name_color(name: str) -> int:
    """Return the colour of *name*, a number below :data:`NAME_COLORS`."""
    return crc32(name.encode("utf-8", "replace")) % NAME_COLORS
