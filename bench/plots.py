"""Plots of the measurements."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .figures import Figures
from .scenarios import SCENARIOS, Scenario

COLOURS: Final = {
    "bare loop": "black",
    "async": "tab:blue",
    "async, SQLite": "tab:cyan",
    "threads": "tab:green",
    "InspIRCd": "tab:red",
    "ngIRCd": "tab:orange",
    "Redis": "tab:purple",
    "nats-server": "tab:brown",
    "Mosquitto": "tab:pink",
    "textbook": "tab:gray",
}
FORMATS: Final = ("png", "svg")


def draw(figures: Figures, place: Path) -> list[str]:
    """Draw each plot for which there are figures, and return their names."""
    mpl.rcParams.update({"svg.hashsalt": "parlour", "font.size": 9})
    drawn = []
    for name, plot in PLOTS.items():
        picture = Figure(figsize=(7.2, 4.2), layout="constrained")
        if plot(figures, picture.subplots()):
            drawn.append(name)
            for form in FORMATS:
                metadata = {"Date": None} if form == "svg" else {}
                path = place / f"{name}.{form}"
                picture.savefig(path, dpi=144, metadata=metadata)
    return drawn


def _by_members(figures: Figures, axes: Axes) -> bool:
    points = [one for one in SCENARIOS if one.group == "members"]
    axes.set_title(
        "Cost of a delivery by members (10 speakers, 10 lines in flight each)"
    )
    axes.set_xlabel("members")
    axes.set_yscale("log")
    return _lines(figures, axes, points, "members")


def _by_rate(figures: Figures, axes: Axes) -> bool:
    points = [one for one in SCENARIOS if one.group == "rate"]
    axes.set_title("Cost of a delivery by rate (200 members)")
    axes.set_xlabel("lines a second")
    has_any = _lines(figures, axes, points, "rate")
    axes.set_ylim(bottom=0)  # after the top is known
    return has_any


def _lines(
    figures: Figures, axes: Axes, points: Sequence[Scenario], option: str
) -> bool:
    """Draw a line for each server over *points*, which differ in *option*."""
    points = sorted(points, key=lambda one: float(one.options[option]))
    for server, colour in COLOURS.items():
        places, costs = [], []
        for one in points:
            cost = figures.median(one.name, server, "per_line")
            if cost is not None:
                places.append(float(one.options[option]))
                costs.append(cost)
        if len(places) > 1:
            axes.plot(places, costs, "o-", color=colour, label=server, markersize=4)
    axes.set_xscale("log")
    axes.set_xticks(
        [float(one.options[option]) for one in points],
        [f"{one.options[option]:,}" for one in points],
    )
    axes.minorticks_off()
    axes.set_ylabel("CPU microseconds per delivered line")
    axes.grid(visible=True, alpha=0.3)
    has_any = bool(axes.lines)
    if has_any:
        axes.legend()
    return has_any


def _saturated(figures: Figures, axes: Axes) -> bool:
    """Draw a bar for each server at 200 and at 1,000 members."""
    names = [name for name in COLOURS if figures.runs("saturated-200", name)]
    for offset, members in ((-0.2, 200), (0.2, 1000)):
        costs = [
            figures.median(f"saturated-{members}", name, "per_line") or 0
            for name in names
        ]
        places = [index + offset for index in range(len(names))]
        bars = axes.barh(places, costs, 0.38, label=f"{members:,} members")
        axes.bar_label(
            bars,
            [f"{cost:.2f}" if cost else "" for cost in costs],
            padding=2,
            fontsize=7,
        )
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("CPU microseconds per delivered line, saturated")
    axes.set_title("Cost of a delivery, Parlour beside others")
    axes.legend()
    return bool(names)


def _latency(figures: Figures, axes: Axes) -> bool:
    """Draw p50 and p99 at 1,000 members and 200 lines a second."""
    where = "paced-1000-200"
    names = [name for name in COLOURS if figures.runs(where, name)]
    for offset, index, label in ((-0.2, 0, "p50"), (0.2, 1, "p99")):
        times = [
            (figures.median(where, name, f"latency.{index}") or 0) / 1000
            for name in names
        ]
        axes.barh([i + offset for i in range(len(names))], times, 0.38, label=label)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds from sending to receiving")
    axes.set_title("Latency, 1,000 members, 200 lines a second")
    axes.legend()
    return bool(names)


PLOTS: Final[dict[str, Callable[[Figures, Axes], bool]]] = {
    "cost": _saturated,
    "members": _by_members,
    "rate": _by_rate,
    "latency": _latency,
}
