import pytest

from parlour.client.options import Choice
from parlour.client.terminal.background import Background
from parlour.client.terminal.colors import (
    WRONG_COLOR,
    ColorDepth,
    NameStyles,
    color_depth,
)
from parlour.core.names.colors import NAME_COLORS
from tests.core.names.test_colors import contrasts

NAMES = [f"user{number}" for number in range(200)]
TRUECOLOR = {"COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("depth", "styles"), [(ColorDepth.BASE, 6), (ColorDepth.INDEXED, 11), (24, 11)]
)
def test_names_have_as_many_colours_as_the_terminal_can_show(
    depth: int, styles: int
) -> None:
    assert len({NameStyles(ColorDepth(depth)).of(name) for name in NAMES}) == styles


def test_a_name_has_the_same_colour_in_every_depth() -> None:
    assert NameStyles(ColorDepth.BASE).of("Romeo") == "94"
    assert NameStyles(ColorDepth.INDEXED).of("Romeo") == "38;5;32"
    assert NameStyles(ColorDepth.TRUE).of("Romeo") == "38;2;5;120;206"


def test_the_colour_of_what_went_wrong_is_readable() -> None:
    color = WRONG_COLOR
    both = [*contrasts([color.terminal], "#ffffff")]
    both += contrasts([color.terminal], "#000000")

    assert min(contrasts([color.light], "#fbfaf7")) >= 4.5
    assert min(contrasts([color.dark], "#15171a")) >= 4.5
    assert min(both) >= 4.5


def test_no_name_has_the_style_of_the_server() -> None:
    names = ["[server]", "[Server] ", "Server", "[S\u0435rver]"]

    styles = {NameStyles(ColorDepth.BASE).of(name) for name in names}

    assert NameStyles(ColorDepth.BASE).of("[Server]") not in styles


def test_the_server_and_the_user_have_no_colour() -> None:
    names = NameStyles(ColorDepth.TRUE)
    names.own_name = "bob"

    assert names.of("bob") == names.of("[Server]") == "1"
    assert names.of("eve") != "1"


@pytest.mark.parametrize(
    ("background", "depth", "style"),
    [
        (Background.LIGHT, ColorDepth.TRUE, "38;2;4;110;189"),
        (Background.DARK, ColorDepth.TRUE, "38;2;77;165;249"),
        (Background.LIGHT, ColorDepth.INDEXED, "38;5;26"),
        (Background.DARK, ColorDepth.INDEXED, "38;5;75"),
        (Background.DARK, ColorDepth.BASE, "94"),
        (Background.DARK, ColorDepth.NONE, "1"),
    ],
)
def test_a_colour_suits_the_background(
    background: Background, depth: ColorDepth, style: str
) -> None:
    assert NameStyles(depth, background).of("Romeo") == style


def test_the_256_colours_are_readable_on_the_background() -> None:
    light = [color.light_indexed for color in NAME_COLORS]
    dark = [color.dark_indexed for color in NAME_COLORS]

    assert min(contrasts(map(rgb, light), "#ffffff")) >= 4.5
    assert min(contrasts(map(rgb, dark), "#1c1e22")) >= 4.5
    assert len(set(light)) == len(set(dark)) == len(NAME_COLORS)


def rgb(number: int) -> str:
    """Return one of the 216 colours."""
    levels = (0, 95, 135, 175, 215, 255)
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return f"#{levels[red]:02x}{levels[green]:02x}{levels[blue]:02x}"


@pytest.mark.parametrize(
    ("choice", "environ", "isatty", "wanted"),
    [
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "", "TERM": "xterm"}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "xterm"}, False, False),
    ],
)
def test_colour_follows_option_environment_and_terminal(
    choice: Choice, environ: dict[str, str], *, isatty: bool, wanted: bool
) -> None:
    assert bool(color_depth(choice, environ, isatty)) is wanted


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"TERM": "xterm-256color", **TRUECOLOR}, ColorDepth.TRUE),
        ({"TERM": "xterm-kitty", "COLORTERM": "24bit"}, ColorDepth.TRUE),
        ({"TERM": "xterm-direct"}, ColorDepth.TRUE),
        ({"TERM": "tmux-256color"}, ColorDepth.INDEXED),
        ({"TERM": "screen-256color", **TRUECOLOR}, ColorDepth.INDEXED),
        ({"TERM": "screen", **TRUECOLOR}, ColorDepth.BASE),
        ({"TERM": "linux", **TRUECOLOR}, ColorDepth.BASE),
        ({"TERM": "xterm"}, ColorDepth.BASE),
        ({"TERM": "xterm", "PROMPT_TOOLKIT_COLOR_DEPTH": "DEPTH_24_BIT"}, 24),
        ({"PROMPT_TOOLKIT_COLOR_DEPTH": "DEPTH_1_BIT", **TRUECOLOR}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", **TRUECOLOR}, ColorDepth.NONE),
    ],
)
def test_the_depth_follows_the_terminal(environ: dict[str, str], wanted: int) -> None:
    assert color_depth("auto", environ, isatty=True) == wanted
