"""The typed line, as it is written."""

import pytest
from prompt_toolkit.styles import DummyStyle

from parlour.client.terminal.screen_reader.renderer import TypedLineRenderer


def written(*states: str) -> str:
    parts: list[str] = []
    renderer = TypedLineRenderer(DummyStyle(), parts.append)
    for state in states:
        renderer.write_typed(state)
    return "".join(parts)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["h", "he", "hey"], "hey"),
        (["hey", "he"], "hey\b \b"),
        (["h", ""], "h\b \b"),
        (["漢字", "漢"], "漢字\b\b  \b\b"),
        (["one", "", "two"], "one\ntwo"),
        (["one", "two"], "one\ntwo"),
        (["bo", "bob: ", "bonnie: "], "bob: \b\b\b   \b\b\bnnie: "),
        (["a\x1b[2J"], "a␛[2J"),
    ],
)
def test_only_changes_are_written(states: list[str], expected: str) -> None:
    assert written(*states) == expected


def test_a_row_begins_after_a_typed_line() -> None:
    parts: list[str] = []
    renderer = TypedLineRenderer(DummyStyle(), parts.append)
    renderer.erase_prompt()
    renderer.write_typed("hi")
    renderer.erase_prompt()
    renderer.erase_prompt()

    assert "".join(parts) == "hi\n"
