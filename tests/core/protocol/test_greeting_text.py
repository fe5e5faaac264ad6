"""The greeting of a server is safe to print, and short."""

import pytest

from parlour.core.protocol.greeting_text import greeting_text


def test_blanks_at_the_ends_are_removed() -> None:
    assert greeting_text("\n Be kind.  \n\n  No spam.\n\n") == "Be kind.\n\n  No spam."


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_blank_greeting_is_empty(text: str) -> None:
    assert greeting_text(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 1_001, "at most 1,000 characters"),
        ("\n".join("x" * 21), "at most 20 lines"),
        ("a\x1b[2Jb", "no control characters"),
        ("a\tb", "no control characters"),
        ("a\u202eb", "no control characters"),
    ],
)
def test_other_greetings_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        greeting_text(text)
