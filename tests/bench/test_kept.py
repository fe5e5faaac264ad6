"""What the pages say was measured is what the results say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results"
KEPT = [path for path in RESULTS.iterdir() if path.suffix in {".md", ".json", ".svg"}]
CALLED = {"Parlour": "async", "Parlour, history on disk": "async, SQLite"}
ANCHOR = re.compile(r"profiles\.md#[\w-]+")
COST = re.compile(r"[\d.]+ \([\d.]+ x\)")


def rows(path: Path, head: str = "") -> dict[str, list[str]]:
    """Return the cells of each row below the heading *head*, by the first of them."""
    text = path.read_text("utf-8")
    part = text.partition(f"## {head}\n")[2].partition("\n## ")[0] if head else text
    found = [line.strip("| ").split(" | ") for line in part.splitlines() if "|" in line]
    return {first: rest for first, *rest in found}


@pytest.mark.parametrize("head", ["Measurements", "Targets"])
def test_the_tables_of_the_docs_are_those_of_the_results(head: str) -> None:
    there = (RESULTS / "results.md").read_text("utf-8").splitlines()
    here = (ROOT / "docs" / "performance.md").read_text("utf-8")
    part = here.partition(f"## {head}\n")[2].partition("\n## ")[0]
    told = [line for line in part.splitlines() if line.startswith("|")]

    plain = {ANCHOR.sub("../bench/results/profiles.md", line) for line in there}
    assert len(told) > 10
    assert [line for line in told if line not in plain] == []


def test_the_table_of_the_readme_is_that_of_the_results() -> None:
    short = rows(RESULTS / "results.md", "In short")
    told = {
        name: cells
        for name, cells in rows(ROOT / "README.md").items()
        if COST.search(str(cells))
    }

    assert len(told) >= 5
    for name, cells in told.items():
        assert cells == short[CALLED.get(name, name)][: len(cells)]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: str(path.name))
def test_no_result_names_a_place_on_one_machine(path: Path) -> None:
    text = path.read_text("utf-8")

    assert str(ROOT) not in text
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|tmp|var)/", text)
