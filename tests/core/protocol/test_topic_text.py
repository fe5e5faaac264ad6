import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.events import Refused
from parlour.core.protocol.topic_text import topic_error


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "Release on Friday",
        "x" * 200,
        "🐴" * 200,
        "שלום\u200f, e\u0301",
        "👩\u200d💻",
    ],
)
def test_a_topic_of_one_line_is_valid(topic: str) -> None:
    assert topic_error(topic) is None


@pytest.mark.parametrize(("length", "said"), [(201, "201"), (1_000_000, "1,000,000")])
def test_a_long_topic_is_refused(length: int, said: str) -> None:
    reason = f"a topic has at most 200 characters; that one has {said}"

    assert topic_error("x" * length) == Refused("bad_topic", reason)


@pytest.mark.parametrize(
    "char",
    [*"\0\t\n\r\x1b\x7f\x85\x9b\u2028\u2029\u202a\u202e\u2066\u2069\ud800\udfff"],
    ids=ascii,
)
def test_characters_that_move_text_are_refused(char: str) -> None:
    reason = "a topic is one line, without control characters"

    assert topic_error(f"a{char}b") == Refused("bad_topic", reason)


@given(st.text(st.characters(exclude_categories=()), max_size=220))
def test_a_valid_topic_is_one_line_in_utf_8(topic: str) -> None:
    if topic_error(topic) is None:
        assert len(topic.splitlines()) <= 1
        assert len(topic.encode()) <= 800
