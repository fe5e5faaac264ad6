"""Medians and ratios of the measurements, and the guard."""

from bench import guard
from bench.figures import Figures
from bench.run import Cell
from bench.verdict import Verdict


def cell(server: str, **values: object) -> Cell:
    return {"scenario": "saturated-200", "server": server, **values}


def at(scenario: str, **values: object) -> Cell:
    return {"scenario": scenario, "server": "async", **values}


def test_a_ratio_is_the_median_of_the_ratios_of_each_run() -> None:
    bare = [cell("bare loop", per_line=cost) for cost in (1.0, 2.0, 10.0)]
    ours = [cell("async", per_line=cost) for cost in (2.0, 3.0, 11.0)]

    assert Figures(bare + ours).ratio("saturated-200", "async") == 1.5


def test_scenarios_are_compared_within_each_run_and_not_by_their_medians() -> None:
    calm = [at("stuck-0", latency=[1, p99]) for p99 in (10.0, 20.0, 50.0)]
    stuck = [at("stuck-100", latency=[1, p99]) for p99 in (11.0, 24.0, 40.0)]
    figures = Figures(calm + stuck)

    assert figures.between("stuck-100", "stuck-0", "async", "latency.1") == 1.1
    assert figures.more("stuck-100", "stuck-0", "async", "latency.1") == 1.0
    assert figures.between("stuck-100", "stuck-0", "threads", "latency.1") is None


def test_a_run_with_a_failed_scenario_is_not_compared() -> None:
    calm = [at("stuck-0", memory_peak=peak) for peak in (1000, 3000)]
    stuck = [at("stuck-100", failed="joining"), at("stuck-100", memory_peak=3600)]
    figures = Figures(calm + stuck)

    assert figures.between("stuck-100", "stuck-0", "async", "memory_peak") == 1.2
    assert figures.more("stuck-100", "stuck-0", "async", "memory_peak") == 600


def test_a_failed_run_is_reported_and_not_counted() -> None:
    figures = Figures([cell("async", failed="joining"), cell("async", per_line=3.0)])

    assert figures.runs("saturated-200", "async") == 1
    assert figures.median("saturated-200", "async", "per_line") == 3.0
    assert figures.failure("saturated-200", "async") == "joining"


def test_a_value_of_a_list_is_found_by_its_index() -> None:
    figures = Figures([cell("async", latency=[10, 99])])

    assert figures.median("saturated-200", "async", "latency.1") == 99


def test_a_target_without_a_measurement_is_neither_met_nor_missed() -> None:
    assert Verdict("speed", None, 1.0, "x").is_met is None


def test_a_bound_may_be_a_minimum() -> None:
    assert Verdict("speed", 2.0, 1.0, "x", at_most=False).is_met
    assert not Verdict("cost", 2.0, 1.0, "x").is_met


BARE = cell("bare loop", per_line=0.06)
GOOD: Cell = {"per_line": 0.07, "writes_per_line": 0.01, "lost": 0, "gone": 0}


def broken_with(**values: object) -> list[str]:
    return guard.broken(Figures([BARE, cell("async", **{**GOOD, **values})]))


def test_the_guard_accepts_a_server_that_batches_writes() -> None:
    assert broken_with() == []


def test_the_guard_reports_a_write_for_each_line() -> None:
    assert broken_with(writes_per_line=1.0) == [
        "async: 1.000 writes per line, over 0.1"
    ]


def test_the_guard_reports_writes_that_were_not_counted() -> None:
    broken = broken_with(writes_per_line=None)

    assert broken == ["async: its writes were not counted"]


def test_the_guard_reports_a_cost_far_over_the_bare_loop() -> None:
    assert broken_with(per_line=0.18) == ["async: 3.00 x the bare loop, over 2.5"]


def test_the_guard_reports_a_missing_bare_loop() -> None:
    broken = guard.broken(Figures([cell("async", **GOOD)]))

    assert broken == ["async: there is no bare loop to compare it with"]


def test_the_guard_reports_a_failed_run() -> None:
    figures = Figures([BARE, BARE, cell("async", **GOOD), cell("async", failed="no")])

    assert guard.broken(figures) == ["saturated-200, async: no"]


def test_the_guard_reports_lost_and_duplicate_lines_and_disconnected_members() -> None:
    assert broken_with(lost=7) == ["saturated-200, async: 7 lines lost"]
    assert broken_with(doubled=7) == ["saturated-200, async: 7 lines doubled"]
    assert broken_with(gone=2) == ["saturated-200, async: 2 disconnected"]


def test_a_loss_in_one_run_is_not_hidden_by_the_others() -> None:
    figures = Figures([cell("async", lost=lost) for lost in (0, 7, 0)])

    assert figures.most("saturated-200", "async", "lost") == 7
