import pytest

from parlour.core.names.mentions import mentions


@pytest.mark.parametrize(
    "text",
    ["romeo", "can you look, romeo?", "Romeo: hi", "@romeo", "aromeo romeo", "ROMEO!"],
)
def test_a_name_as_a_word_is_a_mention(text: str) -> None:
    assert mentions(text, "romeo")


@pytest.mark.parametrize("text", ["", "romeos", "aromeo", "romeo_2", "römeo"])
def test_a_part_of_a_word_is_not_a_mention(text: str) -> None:
    assert not mentions(text, "romeo")


def test_a_name_may_contain_blanks_and_signs() -> None:
    assert mentions("hello Jan Novák (c)", "jan novák (c)")
    assert mentions("192.0.2.1:9 is you", "192.0.2.1:9")


def test_nobody_is_mentioned_without_a_name() -> None:
    assert not mentions("hello", "")
