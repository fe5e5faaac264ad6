"""The measurements as a page of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from .figures import ERRORS, Figures
from .scenarios import SCENARIOS, Scenario
from .servers import Server
from .startup import NAME as START_UP
from .syscalls import NAME as SYSTEM_CALLS
from .targets import verdicts
from .verdict import Verdict, known

Row = Sequence[str]
Columns = tuple[tuple[str, str, str], ...]
"""The heading of each column, the key of its value, and the format."""

FAN_OUT: Final[Columns] = (
    ("CPU, us per line", "per_line", "{:.3f}"),
    ("lines/s", "lines_per_second", "{:,.0f}"),
    ("lines/s of CPU", "lines_per_cpu_second", "{:,.0f}"),
    ("core busy", "busy", "{:.0%}"),
    ("p50, ms", "latency.0", "{:.2f}"),
    ("p99, ms", "latency.1", "{:.2f}"),
    ("lost", "lost", "{:.0f}"),
    ("doubled", "doubled", "{:.0f}"),
    ("disconnected", "gone", "{:.0f}"),
    ("without a cursor", "without_cursor", "{:.0f}"),
    ("writes per line", "writes_per_line", "{:.4f}"),
    ("answers/s", "answers_per_second", "{:,.0f}"),
    ("answer p99, ms", "answer.1", "{:.2f}"),
    ("peak, MiB", "memory_peak", "{:,.1f}"),
)
NOTICES: Final[Columns] = (
    ("seconds", "seconds", "{:.2f}"),
    ("CPU, s", "cpu", "{:.2f}"),
    ("peak, MiB", "memory_peak", "{:,.1f}"),
)
IDLE: Final[Columns] = (
    ("KiB each", "bytes_each", "{:.1f}"),
    ("bytes a room", "bytes_per_room", "{:,.0f}"),
    ("whole, MiB", "memory_after", "{:,.1f}"),
    ("CPU, s", "cpu", "{:.4f}"),
    ("rejected", "gone", "{:.0f}"),
)
HANDSHAKES: Final[Columns] = (
    ("handshakes/s", "handshakes_per_second", "{:,.0f}"),
    ("CPU, ms each", "cpu_per_handshake", "{:.2f}"),
)
OVERVIEW: Final = (
    ("200 members, saturated", "saturated-200", "per_line", "{:.3f}"),
    ("1,000 members, saturated", "saturated-1000", "per_line", "{:.3f}"),
    ("200 members, 500 lines/s", "paced-200-500", "per_line", "{:.2f}"),
    ("lines/s, small windows", "small-windows", "lines_per_second", "{:,.0f}"),
    ("KiB a member", "idle-1000", "bytes_each", "{:.1f}"),
)
COLUMNS: Final = {"idle": IDLE, "fanout": FAN_OUT, "handshake": HANDSHAKES}
NOTES: Final = (
    "CPU is that of the server, per line delivered to one member.",
    "Figures are medians; *x bare* is the median of the ratios run by run.",
    "*Saturated* is a closed loop: a speaker waits for its lines to come back.",
    "The time of an answer with a page of the history is that of its first bytes.",
    "The generator does not delay acknowledgements, so that no server waits for them.",
)
NEVER: Final = {*ERRORS, "without_cursor"}
SCALE: Final = {
    "latency": 1e-3,
    "answer": 1e-3,
    "memory_peak": 1 / 1024,
    "memory_after": 1 / 1024,
    "bytes_each": 1 / 1024,
    "cpu_per_handshake": 1e-3,
}


class Others(NamedTuple):
    """All servers, those that are missing, and the versions of the others."""

    servers: Sequence[Server]
    missing: Sequence[str]
    versions: Mapping[str, str]


def page(
    figures: Figures,
    facts: Mapping[str, str],
    others: Others,
    plots: Sequence[str],
    profiled: Sequence[str],
) -> str:
    """Return the whole page; *profiled* are the headings of the profiles."""
    missing = others.missing
    lines = ["# Measurements", "", *_head(facts, missing)]
    lines += ["", "## Overview", "", *_overview(figures)]
    lines += ["", "## Targets", "", *_targets(figures, profiled)]
    for scenario in SCENARIOS:
        if figures.servers(scenario.name):
            lines += ["", f"## {scenario.title}", "", *_scenario(figures, scenario)]
    lines += [*_rest(figures, missing), "", "## Peers", "", *_peers(others)]
    lines += [line for name in plots for line in ("", f"![{name}]({name}.svg)")]
    return "\n".join(lines) + "\n"


def _head(facts: Mapping[str, str], missing: Sequence[str]) -> Iterator[str]:
    for name, fact in facts.items():
        yield f"- {name}: {fact}"
    if missing:
        yield f"- **not installed, and hence not measured: {', '.join(missing)}**"
    yield ""
    yield from NOTES


def _overview(figures: Figures) -> list[str]:
    """Return a row for each server with the most important figures."""
    names = figures.servers("saturated-200") or figures.servers("saturated-1000")
    heads = ["", *(head for head, *_ in OVERVIEW)]
    rows = []
    for name in names:
        cells = []
        for _, scenario, key, form in OVERVIEW:
            cell = _cell(figures, scenario, name, ("", key, form))
            ratio = figures.ratio(scenario, name) if key == "per_line" else None
            cells.append(f"{cell} ({ratio:.2f} x)" if ratio else cell or "-")
        rows.append([_named(figures, "saturated-200", name), *cells])
    return _table(heads, rows)


def _targets(figures: Figures, profiled: Sequence[str]) -> list[str]:
    rows = []
    for verdict in verdicts(figures):
        facts = known(figures, verdict)
        work = ", ".join(reversed(verdict.where)) if verdict.where else ""
        if facts and work in profiled:
            facts += f"; [profile](profiles.md#{_anchor(work)})"
        rows.append((*_verdict(verdict), facts))
    heads = ("measure", "measured", "bound", "met", "details")
    return _table(heads, rows)


def _anchor(head: str) -> str:
    """Return the anchor of a heading."""
    return head.lower().replace(",", "").replace(" ", "-")


def _verdict(verdict: Verdict) -> Row:
    sign = "at most" if verdict.at_most else "at least"
    bound = "-" if verdict.bound is None else f"{sign} {_short(verdict.bound)}"
    if verdict.value is None:
        return verdict.measure, "not measured", f"{bound} {verdict.unit}", ""
    value = f"{_short(verdict.value)} {verdict.unit}"
    if verdict.is_met is None:
        return verdict.measure, value, bound, ""
    missed = f"no, by {verdict.missed_by:.0%}" if verdict.bound else "no"
    met = "yes" if verdict.is_met else f"**{missed}**"
    return verdict.measure, value, bound, met


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _scenario(figures: Figures, scenario: Scenario) -> list[str]:
    mode = scenario.options.get("mode", "fanout")
    columns = COLUMNS.get(str(mode), NOTICES)
    servers = figures.servers(scenario.name)
    columns = tuple(
        column
        for column in columns
        if any(_shown(figures, scenario.name, name, column[1]) for name in servers)
    )
    compares = mode == "fanout" and "bare loop" in servers
    heads = ["", *(["x bare"] if compares else []), *(column[0] for column in columns)]
    rows = []
    for server in servers:
        ratio = figures.ratio(scenario.name, server)
        compared = [f"{ratio:.2f}" if ratio else ""] if compares else []
        cells = [_cell(figures, scenario.name, server, column) for column in columns]
        runs = str(figures.runs(scenario.name, server))
        rows.append([_named(figures, scenario.name, server), *compared, *cells, runs])
    return _table([*heads, "runs"], rows)


def _named(figures: Figures, scenario: str, server: str) -> str:
    failure = figures.failure(scenario, server)
    return f"{server} (failed: {failure})" if failure else server


def _cell(
    figures: Figures, scenario: str, server: str, column: tuple[str, str, str]
) -> str:
    _, key, form = column
    value = _shown(figures, scenario, server, key)
    if value is None:
        return ""
    return form.format(value * SCALE.get(key.partition(".")[0], 1))


def _shown(figures: Figures, scenario: str, server: str, key: str) -> float | None:
    """Return the median, or the worst run of a figure that must be zero."""
    middle = figures.most if key in NEVER else figures.median
    return middle(scenario, server, key)


def _rest(figures: Figures, missing: Sequence[str]) -> Iterator[str]:
    if figures.servers(START_UP):
        yield from ("", "## Start-up", "")
        starts = [
            (
                _named(figures, START_UP, name),
                _cell(figures, START_UP, name, ("", "seconds", "{:.2f}")),
            )
            for name in figures.servers(START_UP)
        ]
        yield from _table(("", "seconds"), starts)
    if "strace" in missing:
        yield from ("", "## System calls", "", "**strace is not installed: no counts**")
    if figures.servers(SYSTEM_CALLS):
        yield from ("", "## System calls per line, 200 members, saturated (strace)", "")
        counts = [
            (
                _named(figures, SYSTEM_CALLS, name),
                _cell(figures, SYSTEM_CALLS, name, ("", "sends_per_line", "{:.4f}")),
                _cell(figures, SYSTEM_CALLS, name, ("", "calls_per_line", "{:.4f}")),
            )
            for name in figures.servers(SYSTEM_CALLS)
        ]
        yield from _table(("", "sends", "calls of all kinds"), counts)


def _peers(others: Others) -> list[str]:
    rows = [
        (
            server.name,
            others.versions.get(server.name, "**not installed**"),
            server.lifted,
        )
        for server in others.servers
        if server.version
    ]
    return _table(("", "version", "limits lifted"), rows)


def _table(heads: Row, rows: Sequence[Row]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
