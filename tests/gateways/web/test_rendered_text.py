"""The text of a message with its markup, as the server renders it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.gateways.web.rendered_text import render_text
from parlour.search_hits import SearchHits

TEXTS = st.text() | st.text("`*_> ab\n(h.")


def shown(text: str) -> list[tuple[str, str, str]]:
    """Return the elements of a text: their kind or tag, with marks, and without."""
    return [
        (
            span.tag or line.kind,
            f"{span.before}{''.join(part for part, _ in span.parts)}{span.after}",
            "".join(part for part, _ in span.parts),
        )
        for line in render_text(text)
        for span in line.spans
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("hi", [("text", "hi", "hi")]),
        ("a `b`", [("text", "a ", "a "), ("code", "`b`", "b")]),
        ("**b**", [("strong", "**b**", "b")]),
        ("_b_", [("em", "_b_", "b")]),
        ("> so", [("quote", "> so", "so")]),
        (">so `b`", [("quote", ">so ", "so "), ("code", "`b`", "b")]),
        ("```\nx\ny\n```", [("block", "```\nx\ny\n```", "x\ny")]),
        ("```\n```", [("block", "```\n```", "")]),
        ("```", [("text", "```", "```")]),
        ("/me waves", [("text", "/me ", ""), ("text", "waves", "waves")]),
    ],
)
def test_the_elements_of_a_text(text: str, spans: list[tuple[str, str, str]]) -> None:
    assert shown(text) == spans


@given(TEXTS)
def test_what_is_copied_is_what_was_sent(text: str) -> None:
    parts = [
        line.newline
        + "".join(
            span.before + "".join(part for part, _ in span.parts) + span.after
            for span in line.spans
        )
        for line in render_text(text)
    ]

    assert "".join(parts) == text


def test_a_search_hit_is_marked_in_an_element() -> None:
    (line,) = render_text("see `make test`", SearchHits("test"))

    assert line.spans[1].parts == [("make ", False), ("test", True)]


@pytest.mark.parametrize("text", ["a\n" * 2000 + "*b*", "*b*\n" + "a\n" * 2000])
def test_lines_without_markup_are_one(text: str) -> None:
    assert len(render_text(text)) <= 3


def test_a_link_opens_elsewhere_and_says_nothing_of_this_page() -> None:
    (line,) = render_text("https://example.org/x.")

    assert line.spans[0].href == "https://example.org/x"
    assert line.spans[1].parts == [(".", False)]
