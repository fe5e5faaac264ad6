"""The markup of messages, which the page's script parses as this module does."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.markup import parse

CASES = json.loads(Path(__file__).with_name("markup_cases.json").read_text())
TEXTS = st.text() | st.text("`*_> ab\n(h.")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_the_shared_cases(case: dict[str, object]) -> None:
    text = str(case["text"])

    found = [
        [line.kind.value, [[s.kind.value, s.raw, s.text] for s in line.spans]]
        for line in parse(text)
    ]

    assert found == case["lines"]


@given(TEXTS)
@example("```\n`a`\n``` x")
def test_the_raw_texts_are_the_message(text: str) -> None:
    lines = ("".join(span.raw for span in line.spans) for line in parse(text))

    assert "\n".join(lines) == text


@pytest.mark.parametrize(
    "unit",
    ["`", "*a", "**", "_a ", "``a`", "https://(", "> ", "(", "http://a", ")", "."],
)
@pytest.mark.parametrize("head", ["", "http://a"])
def test_the_time_to_parse_grows_with_the_length(head: str, unit: str) -> None:
    def cost(count: int) -> float:
        text, start = head + unit * count, time.process_time()
        parse(text)
        return time.process_time() - start

    short = min(cost(2_000) for _ in range(3))
    long = min(cost(8_000) for _ in range(3))

    assert long < 12 * max(short, 1e-4)
