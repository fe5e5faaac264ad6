"""The colour of a name: the same wherever it is shown, and in every run."""

from typing import Final
from zlib import crc32

HUES: Final = 7


def hue(name: str) -> int:
    """Return the number of the colour of *name*, from 0 up to :data:`HUES`."""
    return crc32(name.encode("utf-8", "replace")) % HUES
