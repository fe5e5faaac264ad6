"""What is kept of a run, and what is put in its place."""

from pathlib import Path

import pytest

from bench.results import Results
from bench.run import Cell


def cell(scenario: str, per_line: float) -> Cell:
    return {"scenario": scenario, "server": "async", "per_line": per_line}


def results(command: str, *cells: Cell) -> Results:
    facts = {"commit": "c0ffee", "command": command}
    return Results(facts, ["Redis"], {"ngIRCd": "26.1"}, list(cells))


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    whole = results("all", cell("inbound", 1.0))

    whole.write(tmp_path, [])

    assert Results.read(tmp_path) == whole
    assert "- commit: c0ffee" in (tmp_path / "results.md").read_text()


def test_a_part_takes_the_place_of_the_same_work_and_is_told() -> None:
    whole = results("all", cell("inbound", 1.0), cell("stuck-0", 1.0))

    whole.add(results("some", cell("stuck-0", 2.0), cell("stuck-0", 4.0)))

    assert whole.figures.values("inbound", "async", "per_line") == [1.0]
    assert whole.figures.values("stuck-0", "async", "per_line") == [2.0, 4.0]
    assert whole.facts["later, by some at c0ffee"] == "stuck-0"


def test_nothing_is_added_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Results.read(tmp_path)
