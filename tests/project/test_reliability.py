"""Each promise of the page about reliability names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.project.pages import DOCS, ROOT

PAGE = DOCS / "reliability.md"
TITLES = {"Promise", "Fault"}
"""First titles of the tables whose rows are promises."""
TEST = re.compile(r"`(tests/\S+\.py)::(test_\w+)`")


def promises() -> list[tuple[str, str]]:
    """Return the first and the last cell of each row of the tables of promises."""
    found, is_table = [], False
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if not line.startswith("|"):
            is_table = False
        elif cells[0] in TITLES:
            assert cells[-1] == "Test", line
            is_table = True
        elif is_table and not line.startswith("| ---"):
            found.append((cells[0], cells[-1]))
    return found


@cache
def names_in(path: Path) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_the_page_has_promises() -> None:
    assert len(promises()) > 30


@pytest.mark.parametrize(("promise", "tests"), promises(), ids=lambda each: each[:40])
def test_a_promise_names_its_tests(promise: str, tests: str) -> None:
    named = TEST.findall(tests)

    assert named, promise
    assert [each for each in named if each[1] not in names_in(ROOT / each[0])] == []
