"""How many colours a terminal has, and the colour of a name in them. Pure."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import product
from typing import Final, Literal

from parlour.core.events import SERVER
from parlour.core.names.colors import (
    MENTION_COLOR,
    NAME_COLORS,
    NameColor,
    name_color,
)

from .background import Background
from .safe_text import BOLD


class ColorDepth(IntEnum):
    """How many colours a stream gets, in bits."""

    NONE = 0
    BASE = 4
    """The 16 colours of ANSI."""
    INDEXED = 8
    TRUE = 24


_CUBE: Final = (0, 95, 135, 175, 215, 255)
"""The levels of each of the three colours, of which the 216 are made."""

_DEPTHS: Final = {
    "DEPTH_1_BIT": ColorDepth.NONE,
    "DEPTH_4_BIT": ColorDepth.BASE,
    "DEPTH_8_BIT": ColorDepth.INDEXED,
    "DEPTH_24_BIT": ColorDepth.TRUE,
}
"""The values of PROMPT_TOOLKIT_COLOR_DEPTH, which the prompt follows."""


def color_depth(
    choice: Literal["auto", "always", "never"],
    environ: Mapping[str, str],
    isatty: bool,
) -> ColorDepth:
    """Return how many colours a stream gets: what it has, or none."""
    if not use_color(choice, environ, isatty):
        return ColorDepth.NONE
    chosen = _DEPTHS.get(environ.get("PROMPT_TOOLKIT_COLOR_DEPTH", ""))
    if chosen is not None:
        return chosen
    term = environ.get("TERM", "")
    # GNU screen keeps the variable of the terminal outside, and misreads 24 bits.
    is_true = environ.get("COLORTERM") in {"truecolor", "24bit"}
    if term.endswith("-direct") or (
        is_true and not term.startswith(("screen", "linux"))
    ):
        return ColorDepth.TRUE
    return ColorDepth.INDEXED if "256color" in term else ColorDepth.BASE


def use_color(
    choice: Literal["auto", "always", "never"],
    environ: Mapping[str, str],
    isatty: bool,
) -> bool:
    """Return whether a stream is coloured.

    The option takes precedence; then NO_COLOR, the two variables that force colours,
    and whether the stream is a terminal.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    forces = (environ.get(key, "") for key in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    if any(force not in ("", "0") for force in forces):
        return True
    return isatty and environ.get("TERM") != "dumb"


class NameStyles:
    """The styles of names on one stream.

    A terminal tells its background only later, if at all, and a client its name. Until
    then the colours are readable on both backgrounds.
    """

    def __init__(
        self, depth: ColorDepth, background: Background = Background.UNKNOWN
    ) -> None:
        self.depth = depth
        self.background = background
        self.own_name = ""

    @property
    def mention(self) -> str:
        """The style of the mark of a mention."""
        return f"{BOLD};{self._color(MENTION_COLOR)}" if self.depth else BOLD

    def of(self, source: str) -> str:
        """Return the style of a name: its hue on the page.

        The server and the user have no colour, so that everybody else differs from
        them.
        """
        is_own = bool(self.own_name) and source == self.own_name
        if source == SERVER or is_own or not self.depth:
            return BOLD
        return self._color(NAME_COLORS[name_color(source)])

    def _color(self, color: NameColor) -> str:
        if self.depth is ColorDepth.BASE:
            return f"{color.base}"
        is_known = self.background is not Background.UNKNOWN
        page = color.light if self.background is Background.LIGHT else color.dark
        if self.depth is ColorDepth.TRUE:
            red, green, blue = _levels(page if is_known else color.terminal)
            return f"38;2;{red};{green};{blue}"
        if is_known:
            return f"38;5;{nearest_indexed(page, self.background)}"
        return f"38;5;{color.indexed}"


@cache
def nearest_indexed(color: str, background: Background) -> int:
    """Return the most similar of the 216 colours after the first 16.

    It is not nearer to the background, so it is as readable as *color*.
    """
    sign = 1 if background is Background.DARK else -1
    wanted = _levels(color)
    found: tuple[float, int] = (float("inf"), 0)
    for number, levels in enumerate(product(_CUBE, repeat=3), start=16):
        if sign * (_luma(levels) - _luma(wanted)) >= 0:
            distance = sum((a - b) ** 2 for a, b in zip(levels, wanted, strict=True))
            found = min(found, (distance, number))
    return found[1]


def _luma(levels: Sequence[int]) -> float:
    """Return how bright a colour is, from 0 to 1."""
    weights = 0.2126, 0.7152, 0.0722
    pairs = zip(weights, levels, strict=True)
    return sum(float(weight * (level / 255) ** 2.2) for weight, level in pairs)


def _levels(color: str) -> bytes:
    """Return the levels of red, green and blue of a colour such as ``#d52c90``."""
    return bytes.fromhex(color[1:])
