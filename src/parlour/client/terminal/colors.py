"""How many colours a terminal has, and the colour of a name in them. Pure."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Literal

from parlour.core.events import SERVER
from parlour.core.names.colors import (
    MENTION_COLOR,
    NAME_COLORS,
    NameColor,
    name_color,
)

from .background import Background
from .prompt_status import BarColors
from .safe_text import BOLD, REVERSED


class ColorDepth(IntEnum):
    """How many colours a stream gets, in bits."""

    NONE = 0
    BASE = 4
    """The 16 colours of ANSI."""
    INDEXED = 8
    TRUE = 24


WRONG_COLOR: Final = NameColor("#a82c25", "#ff6b61", "#e32a19", 160, 124, 203, 31)
"""The colour of what went wrong."""

_CODE: Final = {
    Background.UNKNOWN: "36",
    Background.LIGHT: "48;5;254",
    Background.DARK: "48;5;237",
}
_HIT: Final = {
    Background.UNKNOWN: f"{BOLD};{REVERSED}",
    Background.LIGHT: "48;5;229",
    Background.DARK: "1;48;5;58",
}

_BARS: Final = {
    Background.LIGHT: BarColors(
        "bg:#e4e4e4", "#585858", "bold #af0087", "bold #875f00"
    ),
    Background.DARK: BarColors("bg:#303030", "#a8a8a8", "bold #d787af", "bold #ffd75f"),
}

_PLAIN_BAR: Final = BarColors("reverse", "", "bold", "bold")
"""The status row of a terminal without colours."""

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
        """The style of what is for the user."""
        return self._standing_out(MENTION_COLOR)

    @property
    def mentioning(self) -> str:
        """The style of a name whose message is for the user."""
        return f"{self.mention};{REVERSED}"

    @property
    def wrong(self) -> str:
        """The style of the sign of what went wrong."""
        return self._standing_out(WRONG_COLOR)

    @property
    def wrong_text(self) -> str:
        """The style of the words about what went wrong; empty without colours."""
        return self._color(WRONG_COLOR) if self.depth else ""

    @property
    def code(self) -> str:
        """The style of code: a background of its own if that of the rows is known."""
        return _CODE[self._covered]

    @property
    def hit(self) -> str:
        """The style of what a search has found, likewise."""
        return _HIT[self._covered]

    @property
    def bar(self) -> BarColors | None:
        """The colours of a status row with a background of its own, if it has one."""
        if not self.depth:
            return _PLAIN_BAR
        return _BARS.get(self._covered)

    @property
    def _covered(self) -> Background:
        """The background that others can cover: 16 colours have none for that."""
        has_others = self.depth >= ColorDepth.INDEXED
        return self.background if has_others else Background.UNKNOWN

    def of(self, source: str) -> str:
        """Return the style of a name, in its colour.

        The server and the user have no colour, so that everybody else differs from
        them.
        """
        is_own = bool(self.own_name) and source == self.own_name
        if source == SERVER or is_own or not self.depth:
            return BOLD
        return self._color(NAME_COLORS[name_color(source)])

    def _standing_out(self, color: NameColor) -> str:
        return f"{BOLD};{self._color(color)}" if self.depth else BOLD

    def _color(self, color: NameColor) -> str:
        if self.depth is ColorDepth.BASE:
            return f"{color.base}"
        page, indexed = {
            Background.UNKNOWN: (color.terminal, color.indexed),
            Background.LIGHT: (color.light, color.light_indexed),
            Background.DARK: (color.dark, color.dark_indexed),
        }[self.background]
        if self.depth is ColorDepth.INDEXED:
            return f"38;5;{indexed}"
        red, green, blue = bytes.fromhex(page[1:])
        return f"38;2;{red};{green};{blue}"
