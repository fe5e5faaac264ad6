"""Whether the user is away, and how a terminal calls for attention."""

import pytest

from parlour.client.terminal.attention import IDLE, Attention, notification


def test_a_terminal_that_reports_its_focus_knows() -> None:
    attention = Attention(0.0)

    attention.focused(is_focused=False, now=1.0)
    assert attention.is_away(1.0)

    attention.focused(is_focused=True, now=2.0)
    assert not attention.is_away(1_000.0)


def test_without_reports_a_silent_keyboard_counts_as_away() -> None:
    attention = Attention(0.0)

    assert not attention.is_away(IDLE)
    assert attention.is_away(IDLE + 1)

    attention.key_pressed(100.0)
    assert not attention.is_away(100.0 + IDLE)


@pytest.mark.parametrize(
    ("environ", "sequence"),
    [
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "linux"}, ""),
        ({"TERM": "screen"}, ""),
        ({"TERM": "foot"}, "\x1b]777;notify;bob;a, b\x07"),
        (
            {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"},
            "\x1b]9;bob: a, b\x07",
        ),
        ({"TERM": "xterm-kitty"}, "\x1b]99;;bob: a, b\x1b\\"),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/tmux"},
            "\x1bPtmux;\x1b\x1b]777;notify;bob;a, b\x07\x1b\\",
        ),
    ],
)
def test_a_notification_suits_the_terminal(
    environ: dict[str, str], sequence: str
) -> None:
    assert notification(environ, "bob", "a; b") == sequence


def test_a_notification_contains_no_sequence_of_a_person() -> None:
    found = notification({"TERM": "foot"}, "e\x1bve", "\x07\x1b]0;x\x07")

    assert found == "\x1b]777;notify;e␛ve;^G␛]0,x^G\x07"
