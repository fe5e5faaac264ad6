"""The page of results, with missing servers and failed runs."""

from pathlib import Path

from bench import table
from bench.figures import Figures
from bench.run import Cell
from bench.servers import Server


def command(port: int, place: Path) -> list[str]:
    raise AssertionError(f"no server is started here: {port}, {place}")


PRESENT = Server("Present", "irc", command, version=("echo", "Present 1.0"))
ABSENT = Server("Absent", "irc", command, version=("absent", "--version"))


def cell(server: str, scenario: str = "saturated-200", **values: object) -> Cell:
    return {"scenario": scenario, "server": server, **values}


def page(*cells: Cell, missing: tuple[str, ...] = (), profiled: str = "") -> list[str]:
    """Return the lines of a page made of *cells*."""
    facts = {"processor": "a toy"}
    others = table.Others([PRESENT, ABSENT], missing, {"Present": "Present 1.0"})
    return table.page(Figures(cells), facts, others, ["cost"], [profiled]).splitlines()


def row(lines: list[str], start: str) -> str:
    """Return the first row that starts with *start*; the overview comes first."""
    return next(line for line in lines if line.startswith(f"| {start}"))


def last(lines: list[str], start: str) -> str:
    """Return the last row that starts with *start*: that of the scenario itself."""
    return row(lines[::-1], start)


BARE = cell("bare loop", per_line=0.05, busy=0.97, writes_per_line=0.01)


def test_servers_that_are_not_installed_are_named() -> None:
    lines = page(BARE, missing=("Absent", "strace"))

    assert "- **not installed, and hence not measured: Absent, strace**" in lines
    assert "| Absent | **not installed** |  |" in lines
    assert "| Present | Present 1.0 |  |" in lines
    assert "**strace is not installed: no counts**" in lines


def test_a_failed_run_is_named_with_its_reason() -> None:
    lines = page(BARE, cell("InspIRCd", failed="joining"), cell("async", per_line=0.05))

    assert last(lines, "InspIRCd (failed: joining)").endswith("| 0 |")
    assert row(lines, "InspIRCd (failed: joining)") != last(lines, "InspIRCd (")


def test_a_reason_of_several_lines_fits_into_a_row() -> None:
    lines = page(BARE, cell("InspIRCd", failed="did not start:\n a|b\n" + "x" * 400))

    found = last(lines, "InspIRCd (failed: did not start: a/b x")
    assert len(found) < 200


def test_a_target_without_a_figure_names_what_failed() -> None:
    lines = page(BARE, cell("InspIRCd", failed="joining"), cell("async", per_line=0.05))

    found = row(lines, "the same, 200 members, beside InspIRCd")
    assert "| not measured |" in found
    assert found.endswith("| InspIRCd failed: joining |")


def test_a_missed_target_shows_details_of_the_runs() -> None:
    ours = cell("async", per_line=0.1, busy=0.9, writes_per_line=0.0101)

    lines = page(BARE, ours, profiled="async, saturated-200")

    found = row(lines, "CPU per delivery, saturated, 200 members, in memory")
    assert "| **no, by 60%** |" in found
    assert found.endswith(
        "| core 90% busy, 0.0101 writes per line (bare loop 0.0100); "
        "[profile](profiles.md#async-saturated-200) |"
    )


def test_a_missing_profile_is_not_linked() -> None:
    lines = page(BARE, cell("async", per_line=0.1, busy=0.9))

    found = row(lines, "CPU per delivery, saturated, 200 members, in memory")
    assert found.endswith("| core 90% busy |")


def test_a_target_that_is_met_reports_a_failed_run() -> None:
    ours = [cell("async", per_line=0.05), cell("async", failed="no")]

    found = row(
        page(BARE, *ours), "CPU per delivery, saturated, 200 members, in memory"
    )

    assert found.endswith("| yes | async failed: no |")


def test_details_are_compared_with_the_other_server() -> None:
    ours = cell("async", per_line=0.1, busy=1.0, writes_per_line=0.02)
    peer = cell("InspIRCd", per_line=0.05, writes_per_line=0.04)

    found = row(page(BARE, ours, peer), "the same, 200 members, beside InspIRCd")

    assert "100% busy, 0.0200 writes per line (InspIRCd 0.0400)" in found


def test_a_scenario_is_compared_with_the_other_scenario() -> None:
    calm = cell("async", "stuck-0", latency=[1, 10], writes_per_line=0.1, lost=0)
    stuck = cell("async", "stuck-100", latency=[1, 20], writes_per_line=0.2, lost=0)

    found = row(page(calm, stuck), "100 that never read, async: p99 latency")

    assert "| 2 x without them |" in found
    assert "0.2000 writes per line (stuck-0 0.1000)" in found


def test_a_missed_bound_of_zero_has_no_percentage() -> None:
    stuck = cell("async", "stuck-100", lost=7)

    assert "| **no** |" in row(page(stuck), "100 that never read, async: lines lost")


def test_a_target_that_is_met_has_no_details() -> None:
    ours = cell("async", per_line=0.05, busy=0.9, writes_per_line=0.0101)

    found = row(page(BARE, ours), "CPU per delivery, saturated, 200 members, in memory")

    assert found.endswith("| yes |  |")


def test_idle_rooms_are_measured_each_and_judged_by_ten_thousand() -> None:
    lines = page(cell("async, sessions", "idle-rooms-9999", bytes_per_room=5243))

    found = row(lines, "memory of 10,000 idle rooms, async, sessions |")
    assert "| 50 MiB | at most 100 | yes |" in found
    assert "| bytes a room |" in row(lines, " | bytes a room")
    assert last(lines, "async, sessions") == "| async, sessions | 5,243 | 1 |"


def test_doubled_lines_are_shown_where_there_are_any() -> None:
    lines = page(BARE, cell("InspIRCd", per_line=0.05, lost=0, doubled=3))

    (head,) = [line for line in lines if line.startswith("|  | x bare |")]
    assert "| doubled |" in head
    assert "| lost |" not in head


def test_our_own_bounds_are_marked() -> None:
    lines = page(BARE)

    for start in (
        "CPU per delivery, saturated, 1,000 members, async, sessions (",
        "CPU per delivery, saturated, 200 members, async, sessions, SQLite (",
        "5,000 connect at once, async, sessions (",
        "100 that never read, threads: memory (",
    ):
        assert "(our own bound)" in row(lines, start)


def test_the_head_explains_the_closed_loop_and_the_acknowledgements() -> None:
    head = "\n".join(page(BARE)[:12])

    assert "closed loop" in head
    assert "does not delay acknowledgements" in head
