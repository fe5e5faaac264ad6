"""One target with its value, and the details if it is missed."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from .figures import Figures
from .run import Cell
from .scenarios import BARE

OWN: Final = " (our own bound)"
SILENT: Final = 0.005  # of a core; below it, nobody waits for the server


class Place(NamedTuple):
    """The scenario and server of a figure."""

    scenario: str
    server: str


@dataclass(frozen=True)
class Verdict:
    """One target and its measured value."""

    measure: str
    value: float | None
    bound: float | None
    unit: str
    at_most: bool = True
    where: Place | None = None
    beside: Place | None = None
    """The figure that the target is compared with."""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without a measurement or a bound."""
        if self.value is None or self.bound is None:
            return None
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    @property
    def missed_by(self) -> float:
        """The share of the bound by which the target is missed."""
        if self.value is None or not self.bound:
            return 0.0
        return abs(self.value / self.bound - 1)

    def as_cell(self, figures: Figures) -> Cell:
        """Return the verdict as an object for JSON."""
        return {
            "measure": self.measure,
            "value": self.value,
            "bound": self.bound,
            "unit": self.unit,
            "at_most": self.at_most,
            "is_met": self.is_met,
            "known": known(figures, self),
        }


def compared(
    figures: Figures,
    measure: str,
    bound: float | None,
    where: Place,
    *,
    to: str = BARE,
    key: str = "per_line",
    at_most: bool = True,
) -> Verdict:
    """Return the verdict on the ratio to the server *to* in the same runs."""
    value = figures.ratio(where.scenario, where.server, key, to)
    beside = Place(where.scenario, to)
    return Verdict(measure, value, bound, f"x {to}", at_most, where, beside)


def known(figures: Figures, verdict: Verdict) -> str:
    """Return details of a missed target, or of failed runs.

    The details are the use of the server's core and its number of writes.
    """
    if verdict.where is None:
        return ""
    failures = _failures(figures, verdict)
    if verdict.value is None or verdict.is_met or verdict.bound is None:
        return failures
    details = [failures, _busy(figures, verdict.where), _writes(figures, verdict)]
    return ", ".join(fact for fact in details if fact)


def _failures(figures: Figures, verdict: Verdict) -> str:
    places = [place for place in (verdict.where, verdict.beside) if place]
    reasons = {place.server: figures.failure(*place) for place in places}
    return "; ".join(f"{name} failed: {why}" for name, why in reasons.items() if why)


def _busy(figures: Figures, where: Place) -> str:
    busy = figures.median(*where, "busy")
    is_silent = busy is None or busy < SILENT
    return "" if is_silent else f"core {busy:.0%} busy"


def _writes(figures: Figures, verdict: Verdict) -> str:
    key = "writes_per_line"
    where, beside = verdict.where, verdict.beside
    writes = where and figures.median(*where, key)
    if where is None or writes is None:
        return ""
    beside = beside or Place(where.scenario, BARE)
    theirs = figures.median(*beside, key)
    name = beside.server if beside.server != where.server else beside.scenario
    least = "" if theirs is None or beside == where else f" ({name} {theirs:.4f})"
    return f"{writes:.4f} writes per line{least}"
