"""The colours of names: each has one, in every program and run."""

from typing import Final, NamedTuple
from zlib import crc32


class NameColor(NamedTuple):
    """A colour, as a page and a terminal show it.

    The contrast with a known background is at least 4.5. For a terminal that does not
    tell its own, *terminal* has that contrast with black and with white, and *indexed*
    at least 3.
    """

    light: str  # on a light page
    dark: str  # on a dark page
    terminal: str  # in 24 bits
    indexed: int  # of 256 colours
    light_indexed: int  # of 256, on a light background
    dark_indexed: int  # of 256, on a dark one
    base: int  # of 16, as a parameter of SGR


NAME_COLORS: Final = (
    NameColor("#960900", "#ffbfb3", "#e32a19", 160, 88, 217, 31),
    NameColor("#ab5303", "#ec8640", "#bb5b01", 166, 130, 209, 91),
    NameColor("#614401", "#fec55b", "#9a6e06", 94, 94, 221, 91),
    NameColor("#677205", "#9aa921", "#717c04", 100, 58, 106, 32),
    NameColor("#165501", "#93e282", "#278801", 28, 22, 114, 32),
    NameColor("#017a63", "#08b595", "#05856d", 29, 29, 36, 36),
    NameColor("#00515e", "#44e0ff", "#078195", 66, 23, 81, 36),
    NameColor("#046ebd", "#4da5f9", "#0578ce", 32, 26, 75, 94),
    NameColor("#243bb2", "#baceff", "#4368f9", 27, 19, 153, 94),
    NameColor("#7753d4", "#a791f9", "#8456f1", 99, 62, 141, 35),
    NameColor("#810f86", "#feb6ff", "#bc3dc2", 134, 90, 219, 35),
)
"""Eleven colours by hue. Few of the 16 are readable on both backgrounds: two of a hue
share one."""

MENTION_COLOR: Final = NameColor("#be3282", "#ea7cb3", "#d52c90", 162, 126, 175, 95)
"""The colour of what is for the user, which no name has. With it, they are twelve."""


def name_color(name: str) -> int:
    """Return the colour of *name*, its place in :data:`NAME_COLORS`."""
    return crc32(name.encode("utf-8", "replace")) % len(NAME_COLORS)
