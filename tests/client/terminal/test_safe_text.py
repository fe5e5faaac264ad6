import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.client.terminal.safe_text import (
    make_safe,
    message_line,
    safe_name,
)

BANNED = {"Cc", "Cs", "Zl", "Zp", "Cn", "Co", "Cf"}
TEXTS = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "příliš žluťoučký kůň",
        "漢字 and かな",
        "👩‍👩‍👧 and 🏳️‍🌈",
        "می‌خواهم",  # Persian needs its non-joiner
        "no-break\u00a0and\u3000wide blanks",
        "e\u0301 decomposed",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert message_line("bob", text) == f"bob: {text}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a b"),
        ("\x1b[2J", "␛[2J"),
        ("\x1b]0;title\x07", "␛]0;title^G"),
        ("x\n[Server]: y", "x^J[Server]: y"),
        ("over\rwritten", "over^Mwritten"),
        ("\x00\x7f", "^@^?"),
        ("\x9b2J\x85", "<U+009B>2J<U+0085>"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("\u202eabc\u2066", "<U+202E>abc<U+2066>"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\ud800", "<U+D800>"),
        ("\ue000\U000e0041", "<U+E000><U+E0041>"),
        ("\ufdd0", "<U+FDD0>"),
    ],
)
def test_control_characters_become_visible(text: str, shown: str) -> None:
    assert make_safe(text) == shown


def test_a_letter_has_at_most_three_marks() -> None:
    assert make_safe("a" + "\u0301" * 40 + "b") == "a" + "\u0301" * 3 + "b"
    assert make_safe("a" + "\u0301\u200d" * 40) == "a\u0301\u200d\u0301"


def test_a_name_has_no_joiner_and_does_not_begin_with_a_mark() -> None:
    assert safe_name("bob") == "bob"
    assert safe_name("b\u200dob") == "b<U+200D>ob"
    assert safe_name("\u0301bob") == "◌\u0301bob"


@given(TEXTS)
@example("\x1b]52;c;aGk=\x07")
@example("\u200f\u061c\u2067\U000e0001")
def test_any_text_becomes_safe(text: str) -> None:
    shown = make_safe(text)

    kept = [char for char in shown if char not in "\u200c\u200d"]
    assert not {unicodedata.category(char) for char in kept} & BANNED
    shown.encode()


@given(TEXTS)
def test_making_text_safe_is_idempotent(text: str) -> None:
    assert make_safe(make_safe(text)) == make_safe(text)


@given(TEXTS, TEXTS)
def test_a_message_is_always_one_line(source: str, text: str) -> None:
    assert len(message_line(source, text).splitlines()) == 1


@pytest.mark.parametrize(
    "name",
    ["--", "-- eve", " -- eve", "\t--", "—", "\u2010\u2010", "\u2212\u2212", "-\u2010"],
)
def test_a_name_cannot_look_like_a_note(name: str) -> None:
    assert safe_name(name) == f"◌{make_safe(name)}"


@pytest.mark.parametrize("name", ["-", "-bob", "bob--", "- bob"])
def test_a_name_may_contain_a_dash(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize("char", "\u115f\u1160\u3164\uffa0\u2800")
def test_invisible_letters_in_a_name_are_escaped(char: str) -> None:
    assert safe_name(f"a{char}b") == f"a<U+{ord(char):04X}>b"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 64, "a" * 64),
        ("a" * 65, "a" * 63 + "…"),
        ("漢" * 32, "漢" * 32),
        ("漢" * 33, "漢" * 31 + "…"),
        ("a\u0301" * 64, "a\u0301" * 64),
        ("-" * 99_999, "◌" + "-" * 62 + "…"),
    ],
)
def test_a_name_has_at_most_64_columns(name: str, shown: str) -> None:
    assert safe_name(name) == shown
