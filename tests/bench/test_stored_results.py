"""The documentation shows the figures of the stored results."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results"
STORED = [path for path in RESULTS.iterdir() if path.suffix in {".md", ".json", ".svg"}]
NAMES = {"Parlour": "async", "Parlour, history on disk": "async, SQLite"}
ANCHOR = re.compile(r"profiles\.md#[\w-]+")
COST = re.compile(r"[\d.]+ \([\d.]+ x\)")


def rows(path: Path, heading: str = "") -> dict[str, list[str]]:
    """Return the cells of each row below *heading*, by the first cell."""
    text = path.read_text("utf-8")
    part = (
        text.partition(f"## {heading}\n")[2].partition("\n## ")[0] if heading else text
    )
    found = [line.strip("| ").split(" | ") for line in part.splitlines() if "|" in line]
    return {first: rest for first, *rest in found}


@pytest.mark.parametrize("heading", ["Measurements", "Targets"])
def test_the_tables_of_the_docs_are_those_of_the_results(heading: str) -> None:
    results = (RESULTS / "results.md").read_text("utf-8").splitlines()
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    part = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in part.splitlines() if line.startswith("|")]

    plain = {ANCHOR.sub("../bench/results/profiles.md", line) for line in results}
    assert len(table) > 10
    assert [line for line in table if line not in plain] == []


def test_the_table_of_the_readme_is_that_of_the_results() -> None:
    overview = rows(RESULTS / "results.md", "Overview")
    shown = {
        name: cells
        for name, cells in rows(ROOT / "README.md").items()
        if COST.search(str(cells))
    }

    assert len(shown) >= 5
    for name, cells in shown.items():
        assert cells == overview[NAMES.get(name, name)][: len(cells)]


@pytest.mark.parametrize("path", STORED, ids=lambda path: str(path.name))
def test_no_result_contains_a_path_of_one_machine(path: Path) -> None:
    text = path.read_text("utf-8")

    assert str(ROOT) not in text
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|tmp|var)/", text)
