import pytest

from parlour.client.options import Choice
from parlour.client.terminal.colors import (
    ColorDepth,
    color_depth,
    colored_line,
    name_style,
)

NAMES = [f"user{number}" for number in range(200)]
TRUECOLOR = {"COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("depth", "styles"), [(ColorDepth.BASE, 7), (ColorDepth.INDEXED, 12), (24, 12)]
)
def test_names_have_as_many_colours_as_the_terminal_can_show(
    depth: int, styles: int
) -> None:
    assert len({name_style(name, ColorDepth(depth)) for name in NAMES}) == styles


def test_a_name_has_the_same_colour_in_every_depth() -> None:
    assert name_style("bob", ColorDepth.BASE) == "94"
    assert name_style("bob", ColorDepth.INDEXED) == "38;5;32"
    assert name_style("bob", ColorDepth.TRUE) == "38;2;5;120;206"


def test_no_name_has_the_style_of_the_server() -> None:
    names = ["[server]", "[Server] ", "Server", "[S\u0435rver]"]

    styles = {name_style(name, ColorDepth.BASE) for name in names}

    assert name_style("[Server]", ColorDepth.BASE) not in styles


def test_a_coloured_line_has_the_same_text() -> None:
    line = colored_line("bob", "\x1b[31mhello", ColorDepth.BASE)

    assert line == "\x1b[94mbob\x1b[0m: ␛[31mhello"


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
