"""The comparison of two checkouts: order, verdicts and output."""

import json
import sys
from pathlib import Path

import pytest

from bench import compare
from bench.figures import Figures
from bench.run import Cell
from bench.scenarios import Scenario
from bench.servers import OURS, Server

PACED = Scenario("paced", "", (), {"rate": 1})
CLOSED = Scenario("closed", "", (), {})
IDLE = Scenario("idle", "", (), {"mode": "idle"})
ASYNC = OURS[0]
NOISE = (0.99, 1.0, 1.01, 0.99, 1.0, 1.01)


def compared(scenario: Scenario, **ratios: float) -> list[compare.Row]:
    """Return the rows of pairs in which each figure differs by its ratio."""
    cells: list[Cell] = []
    for noise in NOISE:
        ours = {key: noise * ratio for key, ratio in ratios.items()}
        others = dict.fromkeys(ratios, 1.0)
        for name, values in ((ASYNC.name, ours), (ASYNC.name + compare.OTHER, others)):
            cells.append({"scenario": scenario.name, "server": name, **values})
    return list(compare.rows([(scenario, ASYNC)], Figures(cells)))


def measured_order(
    monkeypatch: pytest.MonkeyPatch, root: Path
) -> list[tuple[str, str]]:
    """Compare two scenarios in four pairs; return what was measured, in order."""
    order = []

    def measure(scenario: Scenario, server: Server) -> Cell:
        order.append((scenario.name, server.name.removeprefix(ASYNC.name)))
        return {"scenario": scenario.name, "server": server.name}

    monkeypatch.setattr(compare, "measure", measure)
    works = [(PACED, ASYNC), (CLOSED, ASYNC)]
    compare.run_pairs(works, root, 4, lambda _: None)
    return order


def test_the_checkouts_take_turns_in_going_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = measured_order(monkeypatch, tmp_path)

    turns = [which for name, which in order if name == "paced"]
    other = compare.OTHER
    assert turns == [other, "", "", other, other, "", "", other]


def test_both_halves_of_a_pair_follow_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = measured_order(monkeypatch, tmp_path)

    names = [name for name, _ in order]
    assert names == ["paced", "paced", "closed", "closed"] * 4


def test_the_other_server_is_that_of_the_other_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = {}

    def measure(scenario: Scenario, server: Server) -> Cell:
        commands[server.name] = server.command(1, tmp_path)
        return {"scenario": scenario.name, "server": server.name}

    monkeypatch.setattr(compare, "measure", measure)
    compare.run_pairs([(PACED, ASYNC)], tmp_path, 1, lambda _: None)

    other = commands[ASYNC.name + compare.OTHER]
    assert other[:2] == [
        str(tmp_path / ".venv" / "bin" / "python"),
        str(tmp_path / "server.py"),
    ]
    assert other[2:] == commands[ASYNC.name][2:]


def checkout(place: Path, python: str) -> Path:
    """Return a checkout whose Python is the script *python*."""
    path = place / ".venv" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{python}\n")
    path.chmod(0o755)
    return place


def test_checkouts_with_the_same_python_can_be_compared(tmp_path: Path) -> None:
    root = checkout(tmp_path, f'exec "{sys.executable}" "$@"')

    assert compare.interpreter_error(root) == ""


def test_checkouts_with_two_builds_of_python_are_not_compared(tmp_path: Path) -> None:
    root = checkout(tmp_path, "echo 3.11.2 in /usr")

    assert "3.11.2 in /usr, not 3." in compare.interpreter_error(root)


def test_a_checkout_whose_python_does_not_run_is_not_compared(tmp_path: Path) -> None:
    root = checkout(tmp_path, "exit 3")

    assert "does not run" in compare.interpreter_error(root)
    assert "does not run" in compare.interpreter_error(root / "absent")


def test_a_cost_is_worse_if_its_interval_lies_beyond_three_percent() -> None:
    (row,) = compared(PACED, per_line=1.06)

    assert row.ratio.estimate == pytest.approx(1.06, rel=0.001)
    assert row.is_worse
    assert str(row).endswith("worse")


def test_a_cost_whose_interval_reaches_below_three_percent_is_not_worse() -> None:
    (row,) = compared(PACED, per_line=1.035)

    assert row.ratio.low < 1.03 < row.ratio.estimate
    assert not row.is_worse


def test_a_lower_cost_is_not_worse() -> None:
    (row,) = compared(PACED, per_line=0.5)

    assert not row.is_worse


def test_fewer_lines_a_second_are_worse() -> None:
    rows = compared(CLOSED, per_line=1.0, lines_per_second=0.9)

    assert [(row.measure.name, row.is_worse) for row in rows] == [
        ("CPU us/line", False),
        ("lines/s", True),
    ]


def test_memory_may_grow_by_a_tenth() -> None:
    (row,) = compared(IDLE, bytes_each=1.08)
    (more,) = compared(IDLE, bytes_each=1.15)

    assert (row.is_worse, more.is_worse) == (False, True)


def test_figures_of_one_room_are_compared_unless_others_are_chosen() -> None:
    usual = {scenario.name for scenario, _ in compare.chosen_works([], [])}
    rooms = compare.chosen_works(["rooms-100"], ["async, sessions"])

    assert usual == set(compare.WORKS)
    assert [(scenario.name, server.name) for scenario, server in rooms] == [
        ("rooms-100", "async, sessions"),
        ("rooms-1000", "async, sessions"),
    ]


def test_the_measurements_are_stored_and_a_worse_figure_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure(scenario: Scenario, server: Server) -> Cell:
        cost = 1.0 if server.name.endswith(compare.OTHER) else 1.2
        return {"scenario": scenario.name, "server": server.name, "per_line": cost}

    monkeypatch.setattr(compare, "measure", measure)
    works = [(PACED, ASYNC)]
    code = compare.compare(tmp_path, 6, works, tmp_path / "results", lambda _: None)

    stored = json.loads((tmp_path / "results" / compare.NAME).read_text())
    assert code == 1
    assert "1.200 x (1.200 to 1.200)  worse" in capsys.readouterr().out
    assert len(stored["cells"]) == 12
    assert stored["facts"]["pairs"] == "6"


def test_a_failed_measurement_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure(scenario: Scenario, server: Server) -> Cell:
        failure = {"failed": "joining"} if server is ASYNC else {"per_line": 1.0}
        return {"scenario": scenario.name, "server": server.name, **failure}

    monkeypatch.setattr(compare, "measure", measure)
    code = compare.compare(tmp_path, 6, [(PACED, ASYNC)], tmp_path, lambda _: None)

    assert code == 1
    assert "paced, async: joining" in capsys.readouterr().out
