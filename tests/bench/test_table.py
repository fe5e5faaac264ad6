"""What the page says of what was measured, and of what was not."""

from pathlib import Path

from bench import table
from bench.figures import Figures
from bench.run import Cell
from bench.servers import Server


def command(port: int, place: Path) -> list[str]:
    raise AssertionError(f"nothing is started here: {port}, {place}")


TOLD = Server("Told", "irc", command, version=("echo", "Told 1.0"))
ABSENT = Server("Absent", "irc", command, version=("absent", "--version"))


def cell(server: str, scenario: str = "saturated-200", **told: object) -> Cell:
    return {"scenario": scenario, "server": server, **told}


def page(*cells: Cell, missing: tuple[str, ...] = (), profiled: str = "") -> list[str]:
    """Return the lines of a page made of *cells*."""
    facts = {"processor": "a toy"}
    others = table.Others([TOLD, ABSENT], missing, {"Told": "Told 1.0"})
    return table.page(Figures(cells), facts, others, ["cost"], [profiled]).splitlines()


def row(lines: list[str], start: str) -> str:
    """Return the first row that begins so; the overview comes first."""
    return next(line for line in lines if line.startswith(f"| {start}"))


def last(lines: list[str], start: str) -> str:
    """Return the last row that begins so: that of the scenario itself."""
    return row(lines[::-1], start)


BARE = cell("bare loop", per_line=0.05, busy=0.97, writes_per_line=0.01)


def test_who_is_not_installed_is_named() -> None:
    lines = page(BARE, missing=("Absent", "strace"))

    assert "- **not installed, and hence not measured: Absent, strace**" in lines
    assert "| Absent | **not installed** |  |" in lines
    assert "| Told | Told 1.0 |  |" in lines
    assert "**strace is not installed: no counts**" in lines


def test_a_run_that_failed_is_named_with_its_reason() -> None:
    lines = page(
        BARE, cell("InspIRCd", failed="coming in"), cell("async", per_line=0.05)
    )

    assert last(lines, "InspIRCd (failed: coming in)").endswith("| 0 |")
    assert row(lines, "InspIRCd (failed: coming in)") != last(lines, "InspIRCd (")


def test_a_reason_of_many_lines_fits_into_a_row() -> None:
    lines = page(BARE, cell("InspIRCd", failed="did not start:\n a|b\n" + "x" * 400))

    told = last(lines, "InspIRCd (failed: did not start: a/b x")
    assert len(told) < 200


def test_a_bound_without_a_figure_names_what_failed() -> None:
    lines = page(
        BARE, cell("InspIRCd", failed="coming in"), cell("async", per_line=0.05)
    )

    told = row(lines, "the same, 200 members, beside InspIRCd")
    assert "| not measured |" in told
    assert told.endswith("| InspIRCd failed: coming in |")


def test_a_row_that_is_missed_says_what_the_runs_know() -> None:
    ours = cell("async", per_line=0.1, busy=0.9, writes_per_line=0.0101)

    lines = page(BARE, ours, profiled="async, saturated-200")

    told = row(lines, "CPU per delivery, saturated, 200 members, in memory")
    assert "| **no, by 60%** |" in told
    assert told.endswith(
        "| core 90% busy, 0.0101 writes per line (bare loop 0.0100); "
        "[profile](profiles.md#async-saturated-200) |"
    )


def test_a_profile_that_nobody_made_is_not_pointed_at() -> None:
    lines = page(BARE, cell("async", per_line=0.1, busy=0.9))

    told = row(lines, "CPU per delivery, saturated, 200 members, in memory")
    assert told.endswith("| core 90% busy |")


def test_a_row_that_is_met_tells_of_a_run_that_failed() -> None:
    ours = [cell("async", per_line=0.05), cell("async", failed="no")]

    told = row(page(BARE, *ours), "CPU per delivery, saturated, 200 members, in memory")

    assert told.endswith("| yes | async failed: no |")


def test_what_is_known_is_compared_with_who_is_beside() -> None:
    ours = cell("async", per_line=0.1, busy=1.0, writes_per_line=0.02)
    peer = cell("InspIRCd", per_line=0.05, writes_per_line=0.04)

    told = row(page(BARE, ours, peer), "the same, 200 members, beside InspIRCd")

    assert "100% busy, 0.0200 writes per line (InspIRCd 0.0400)" in told


def test_a_scenario_is_compared_with_the_scenario_beside_it() -> None:
    calm = cell("async", "stuck-0", latency=[1, 10], writes_per_line=0.1, lost=0)
    stuck = cell("async", "stuck-100", latency=[1, 20], writes_per_line=0.2, lost=0)

    told = row(page(calm, stuck), "100 that never read, async: p99 latency")

    assert "| 2 x without them |" in told
    assert "0.2000 writes per line (stuck-0 0.1000)" in told


def test_what_must_never_be_is_missed_by_no_share() -> None:
    stuck = cell("async", "stuck-100", lost=7)

    assert "| **no** |" in row(page(stuck), "100 that never read, async: lines lost")


def test_a_row_that_is_met_explains_nothing() -> None:
    ours = cell("async", per_line=0.05, busy=0.9, writes_per_line=0.0101)

    told = row(page(BARE, ours), "CPU per delivery, saturated, 200 members, in memory")

    assert told.endswith("| yes |  |")


def test_bounds_of_our_own_are_called_so() -> None:
    lines = page(BARE)

    for start in (
        "CPU per delivery, saturated, 1,000 members, async, sessions (",
        "CPU per delivery, saturated, 200 members, async, sessions, SQLite (",
        "5,000 connect at once, async, sessions (",
        "100 that never read, threads: memory (",
    ):
        assert "(our own bound)" in row(lines, start)


def test_the_head_says_what_saturated_is_and_that_nobody_waits_for_the_generator() -> (
    None
):
    head = "\n".join(page(BARE)[:12])

    assert "closed loop" in head
    assert "does not delay acknowledgements" in head
