"""Untrusted text is shown without hidden or disruptive characters."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.core.names.colors import name_color
from parlour.gateways.web.safe_text import initial, is_tall, visible, visible_name

TEXTS = st.text(st.characters(exclude_categories=()))
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "<b>příliš</b> &amp;",
        "two\nlines\n\n\tand a tab",
        "漢字 and かな",
        "👩‍👩‍👧 and 🏳️‍🌈",
        "می‌خواهم",  # Persian needs its non-joiner
        "no-break\u00a0and\u3000wide blanks",
        "e\u0301 decomposed",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00\x1b[2J\r\x7f", "␀␛[2J␍␡"),
        ("\x85\x9b", "<U+0085><U+009B>"),
        ("\u202eabc\u2066d\u200f\u061c", "<U+202E>abc<U+2066>d<U+200F><U+061C>"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\ue000\U000e0041\ud800", "<U+E000><U+E0041><U+D800>"),
        ("a" + "\u0301" * 40 + "b", "a\u0301\u0301\u0301b"),
        ("a" + "\u0301\u200d" * 40, "a\u0301\u200d\u0301"),
        ("e\u0301\u0301\u0301\u202e\u0301", "e\u0301\u0301\u0301<U+202E>\u0301"),
    ],
)
def test_control_and_invisible_characters_become_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "void", ["\n\n\n", "\n" * 200, "\n \n\t\n \n", "\n" + "\n\t  " * 99 + "\n"]
)
def test_more_than_two_blank_lines_are_removed(void: str) -> None:
    assert visible(f"a{void}b") == "a\n\n\nb"


def test_a_name_has_one_line() -> None:
    assert visible_name("a\nb\tc\u202e") == "a␊b␉c<U+202E>"


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("romeo", "R"),
        ("127.0.0.1:5", "1"),
        ("[::1]:80", "1"),
        ("漢字", "漢"),
        ("ßa", "S"),
        ("😀", "·"),
        ("\u0301x", "X"),
        ("", "·"),
    ],
)
def test_the_initial_is_the_first_letter_or_digit(name: str, sign: str) -> None:
    assert initial(name) == sign


def test_a_text_of_many_lines_is_tall() -> None:
    assert not is_tall("\n" * 23)
    assert is_tall("\n" * 24)


@given(TEXTS)
@example("\u200f\u061c\u2067\U000e0001")
def test_visible_text_has_no_hidden_characters(text: str) -> None:
    shown = visible(text)

    ordinary = [char for char in shown if char not in "\u200c\u200d\n\t"]
    assert not {unicodedata.category(char) for char in ordinary} & HIDDEN
    shown.encode()
    assert visible(shown) == shown


def test_the_colour_of_a_name_never_changes() -> None:
    names = ["Romeo", "Juliet", "渡辺さん", "127.0.0.1:57354"]

    assert [name_color(name) for name in names] == [7, 3, 3, 0]
