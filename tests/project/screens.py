"""Screens of the programs, as the pages of the documentation show them."""

import re
from pathlib import Path

from tests.project.pages import blocks


def assert_screens_of(page: Path, seen: list[list[str]]) -> None:
    """Check that each screen of *page* is a part of one of those that were *seen*."""
    screens = ["\n".join(["", *screen(lines), ""]) for lines in seen]
    for block in blocks(page, "console"):
        shown = "\n".join(["", *screen(block.text.splitlines()), ""])
        assert any(shown in text for text in screens), block.text


def screen(lines: list[str]) -> list[str]:
    """Return *lines* without port numbers, times and shell commands."""
    shown = [line for line in lines if not line.startswith("$ ")]
    timeless = [re.sub(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d", "TIME", each) for each in shown]
    return [
        re.sub(r"(127\.0\.0\.1[: ]|history-)\d+", r"\1PORT", line) for line in timeless
    ]
