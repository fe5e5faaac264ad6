"""How many colours a terminal has, and the colour of a name in them. Pure."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Literal

from parlour.core.events import SERVER
from parlour.core.names.colors import NAME_COLORS, name_color

from .safe_text import BOLD, make_safe, paint, safe_name


class ColorDepth(IntEnum):
    """How many colours a stream gets, in bits."""

    NONE = 0
    BASE = 4
    """The 16 colours of ANSI."""
    INDEXED = 8
    TRUE = 24


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


def name_style(source: str, depth: ColorDepth) -> str:
    """Return the style of a name: its hue on the page, and bold for the server."""
    if source == SERVER:
        return BOLD
    color = NAME_COLORS[name_color(source)]
    if depth is ColorDepth.TRUE:
        red, green, blue = bytes.fromhex(color.terminal[1:])
        return f"38;2;{red};{green};{blue}"
    if depth is ColorDepth.INDEXED:
        return f"38;5;{color.indexed}"
    return f"{color.base}"


def colored_line(source: str, text: str, depth: ColorDepth) -> str:
    """Return ``source: text`` with the name in its colour."""
    return f"{paint(safe_name(source), name_style(source, depth))}: {make_safe(text)}"
