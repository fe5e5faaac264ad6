"""The prompt after a change of the window's width, in both engines."""

import pytest

from parlour.client.terminal.resizing import terminal_reflows
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener

MESSAGES = [f"line {number}" for number in range(6)]
DISPLAYED = [f"bob: {message}" for message in MESSAGES]


@pytest.mark.parametrize(
    ("environ", "known"),
    [
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "x"}, True),
        ({"TERM": "screen", "STY": "x", "TMUX": "x"}, False),
        ({"TERM": "screen"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, True),
        ({"TERM": "xterm", "VTE_VERSION": "7006", "XTERM_VERSION": "x"}, False),
        ({"TERM": "rxvt-unicode", "VTE_VERSION": "7006"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, False),
        ({"TERM": "linux"}, False),
        ({}, False),
    ],
)
def test_only_known_terminals_are_assumed_to_reflow(
    environ: dict[str, str], known: bool
) -> None:
    assert terminal_reflows(environ) is known


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        (
            "abcdefghi " * 9,
            [
                "abcdefghi abcdefghi abcde",
                "fghi abcdefghi abcdefghi",
                "abcdefghi abcdefghi abcde",
                "fghi abcdefghi",
            ],
        ),
        ("漢" * 45, ["漢" * 12, "漢" * 12, "漢" * 12, "漢" * 9]),
        ("x" * 40, ["x" * 25, "x" * 15]),
    ],
    ids=["words", "wide", "full"],
)
def test_a_reflowing_terminal_shows_no_old_rows_of_the_prompt(
    start_terminal: StartTerminal, listener: Listener, typed: str, rows: list[str]
) -> None:
    screen = start_terminal(term="tmux-256color")
    with listener.accept() as peer:
        for message in MESSAGES:
            peer.send_message("bob", message)
        screen.expect_rows(DISPLAYED[-1])
        screen.resize(24, 40)
        screen.press(typed)
        screen.wait_until_idle()
        screen.reflow(25)
        screen.wait_until_idle()

        assert screen.texts == [*DISPLAYED, *rows]
        peer.send_message("bob", "after")
        screen.wait_until_idle()
        assert screen.texts == [*DISPLAYED, "bob: after", *rows]


@pytest.mark.parametrize(
    ("term", "wraps"), [("xterm", True), ("xterm", False), ("tmux-256color", True)]
)
def test_a_narrower_window_never_erases_a_message(
    start_terminal: StartTerminal, listener: Listener, term: str, wraps: bool
) -> None:
    screen = start_terminal(term=term)
    with listener.accept() as peer:
        for message in MESSAGES:
            peer.send_message("bob", message)
        screen.expect_rows(DISPLAYED[-1])
        screen.resize(24, 40)
        screen.press("abcdefghi " * 9)
        screen.expect_text("abcdefghi")
        for columns in (37, 31, 25):
            screen.reflow(columns) if wraps else screen.resize(24, columns)
            peer.send_message("bob", f"at {columns}")
        screen.expect_text("bob: at 25")

        assert screen.texts[: len(DISPLAYED)] == DISPLAYED
