"""Results are stored, read, and replaced by later runs."""

from pathlib import Path

import pytest

from bench.results import Results
from bench.run import Cell


def cell(scenario: str, per_line: float) -> Cell:
    return {"scenario": scenario, "server": "async", "per_line": per_line}


def results(command: str, *cells: Cell) -> Results:
    facts = {"commit": "c0ffee", "command": command}
    return Results(facts, ["Redis"], {"ngIRCd": "26.1"}, list(cells))


def test_stored_results_can_be_read(tmp_path: Path) -> None:
    whole = results("all", cell("inbound", 1.0))

    whole.write(tmp_path, [])

    assert Results.read(tmp_path) == whole
    assert "- commit: c0ffee" in (tmp_path / "results.md").read_text()


def test_a_later_part_replaces_the_same_work_and_is_recorded() -> None:
    whole = results("all", cell("inbound", 1.0), cell("stuck-0", 1.0))

    whole.add(results("some", cell("stuck-0", 2.0), cell("stuck-0", 4.0)))

    assert whole.figures.values("inbound", "async", "per_line") == [1.0]
    assert whole.figures.values("stuck-0", "async", "per_line") == [2.0, 4.0]
    assert whole.facts["later, by some at c0ffee"] == "stuck-0"


def test_reading_results_fails_if_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Results.read(tmp_path)
