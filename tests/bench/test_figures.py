"""What is made of what was measured."""

from bench import guard
from bench.figures import Figures
from bench.run import Cell
from bench.verdict import Verdict


def cell(server: str, **told: object) -> Cell:
    return {"scenario": "saturated-200", "server": server, **told}


def at(scenario: str, **told: object) -> Cell:
    return {"scenario": scenario, "server": "async", **told}


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


def test_a_run_in_which_one_scenario_failed_compares_nothing() -> None:
    calm = [at("stuck-0", memory_peak=peak) for peak in (1000, 3000)]
    stuck = [at("stuck-100", failed="coming in"), at("stuck-100", memory_peak=3600)]
    figures = Figures(calm + stuck)

    assert figures.between("stuck-100", "stuck-0", "async", "memory_peak") == 1.2
    assert figures.more("stuck-100", "stuck-0", "async", "memory_peak") == 600


def test_a_run_that_failed_is_told_and_not_counted() -> None:
    figures = Figures([cell("async", failed="coming in"), cell("async", per_line=3.0)])

    assert figures.runs("saturated-200", "async") == 1
    assert figures.median("saturated-200", "async", "per_line") == 3.0
    assert figures.failure("saturated-200", "async") == "coming in"


def test_one_value_of_a_list_is_found_by_its_place() -> None:
    figures = Figures([cell("async", latency=[10, 99])])

    assert figures.median("saturated-200", "async", "latency.1") == 99


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert Verdict("speed", None, 1.0, "x").is_met is None


def test_a_bound_may_be_the_least() -> None:
    assert Verdict("speed", 2.0, 1.0, "x", at_most=False).is_met
    assert not Verdict("cost", 2.0, 1.0, "x").is_met


BARE = cell("bare loop", per_line=0.06)
GOOD: Cell = {"per_line": 0.07, "writes_per_line": 0.01, "lost": 0, "gone": 0}


def told_of(**told: object) -> list[str]:
    return guard.broken(Figures([BARE, cell("async", **{**GOOD, **told})]))


def test_the_guard_says_nothing_of_a_server_that_batches() -> None:
    assert told_of() == []


def test_the_guard_finds_a_write_for_each_line() -> None:
    assert told_of(writes_per_line=1.0) == ["async: 1.000 writes per line, over 0.1"]


def test_the_guard_is_not_content_with_writes_that_nobody_counted() -> None:
    told = told_of(writes_per_line=None)

    assert told == ["async: nobody counted how often it writes"]


def test_the_guard_finds_a_cost_far_over_the_bare_loop() -> None:
    assert told_of(per_line=0.18) == ["async: 3.00 x the bare loop, over 2.5"]


def test_the_guard_is_not_content_without_a_bare_loop() -> None:
    told = guard.broken(Figures([cell("async", **GOOD)]))

    assert told == ["async: there is no bare loop to compare it with"]


def test_the_guard_is_not_content_with_a_run_that_failed() -> None:
    figures = Figures([BARE, BARE, cell("async", **GOOD), cell("async", failed="no")])

    assert guard.broken(figures) == ["saturated-200, async: no"]


def test_the_guard_finds_what_was_lost_or_doubled_and_who_was_cut_off() -> None:
    assert told_of(lost=7) == ["saturated-200, async: 7 lines lost"]
    assert told_of(lost=-7) == ["saturated-200, async: -7 lines lost"]
    assert told_of(gone=2) == ["saturated-200, async: 2 cut off"]


def test_what_one_run_lost_is_not_hidden_by_the_others() -> None:
    figures = Figures([cell("async", lost=lost) for lost in (0, 7, 0)])

    assert figures.most("saturated-200", "async", "lost") == 7
