"""The order of the runs, and what is reported of them."""

import pytest

from bench import runs
from bench.run import Cell
from bench.scenarios import Scenario
from bench.servers import BARE, OURS, Server

ONE, OTHER = (Scenario(name, name, (), {}) for name in ("one", "other"))
ASYNC = OURS[0]


def measured(
    monkeypatch: pytest.MonkeyPatch, *, failed: str = ""
) -> tuple[list[Cell], list[str]]:
    """Run two scenarios twice, on two servers and on one; return cells and reports."""

    def measure(scenario: Scenario, server: Server) -> Cell:
        cell: Cell = {"scenario": scenario.name, "server": server.name}
        is_failed = failed == f"{scenario.name}, {server.name}"
        return {**cell, "failed": "joining"} if is_failed else cell

    reports: list[str] = []
    monkeypatch.setattr(runs, "measure", measure)
    works = [(ONE, [BARE, ASYNC]), (OTHER, [ASYNC])]
    return runs.run_all(works, 2, reports.append, with_rest=False), reports


def test_every_cell_is_measured_once_before_any_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells, _ = measured(monkeypatch)

    order = [(cell["run"], cell["scenario"], cell["server"]) for cell in cells]
    assert order == [
        (number, scenario, server)
        for number in (0, 1)
        for scenario, server in (
            ("one", "bare loop"),
            ("one", "async"),
            ("other", "async"),
        )
    ]


def test_each_run_is_reported_once_and_a_failure_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, reports = measured(monkeypatch, failed="one, async")

    assert reports == [
        "  one, async FAILED: joining",
        "run 1 of 2: 3 cells in 0 s",
        "  one, async FAILED: joining",
        "run 2 of 2: 3 cells in 0 s",
    ]
