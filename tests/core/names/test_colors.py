"""The colours of names: readable on every background, and unlike each other."""

from collections.abc import Iterable
from itertools import combinations
from math import cbrt, dist

import pytest

from parlour.core.names.colors import (
    MENTION_COLOR,
    NAME_COLORS,
)

COLORS = (*NAME_COLORS, MENTION_COLOR)
LEVELS = [0, 95, 135, 175, 215, 255]  # of the cube of 6 x 6 x 6 in 256 colours
INDEXED = [
    "#"
    + "".join(f"{LEVELS[(color.indexed - 16) // step % 6]:02x}" for step in (36, 6, 1))
    for color in COLORS
]
LIGHT = [color.light for color in COLORS]
DARK = [color.dark for color in COLORS]
TERMINAL = [color.terminal for color in COLORS]


def linear(color: str) -> list[float]:
    """Return red, green and blue in linear light."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrasts(colors: Iterable[str], background: str) -> list[float]:
    """Return the contrast of each colour with *background*, by WCAG 2."""
    behind = luminance(background) + 0.05
    ratios = [(luminance(color) + 0.05) / behind for color in colors]
    return [max(ratio, 1 / ratio) for ratio in ratios]


def perceived(color: str) -> tuple[float, float, float]:
    """Return the lightness and the two axes of hue of OKLab."""
    red, green, blue = linear(color)
    long = cbrt(0.4122 * red + 0.5363 * green + 0.0514 * blue)
    medium = cbrt(0.2119 * red + 0.6807 * green + 0.1074 * blue)
    short = cbrt(0.0883 * red + 0.2817 * green + 0.6300 * blue)
    return (
        0.2105 * long + 0.7936 * medium - 0.0041 * short,
        1.9780 * long - 2.4286 * medium + 0.4506 * short,
        0.0259 * long + 0.7828 * medium - 0.8087 * short,
    )


@pytest.mark.parametrize(
    ("colors", "background", "least"),
    [
        (LIGHT, "#fbfaf7", 4.5),
        (DARK, "#15171a", 4.5),
        (TERMINAL, "#ffffff", 4.5),
        (TERMINAL, "#000000", 4.5),
        (INDEXED, "#ffffff", 3),
        (INDEXED, "#000000", 3),
    ],
)
def test_names_are_readable(colors: list[str], background: str, least: float) -> None:
    assert min(contrasts(colors, background)) >= least


@pytest.mark.parametrize(
    ("colors", "least"), [(LIGHT, 0.1), (DARK, 0.1), (TERMINAL, 0.065), (INDEXED, 0.08)]
)
def test_no_two_of_the_twelve_colours_look_alike(
    colors: list[str], least: float
) -> None:
    pairs = combinations(map(perceived, colors), 2)

    assert len(colors) == 12
    assert min(dist(one, other) for one, other in pairs) >= least
