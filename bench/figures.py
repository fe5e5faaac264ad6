"""Medians of the measurements, and ratios within the same run."""

import statistics
from collections.abc import Iterable
from typing import Final

from .run import Cell
from .scenarios import BARE

REASON: Final = 80  # characters in a table
ERRORS: Final = {
    "lost": "lines lost",
    "doubled": "lines doubled",
    "gone": "disconnected",
}
"""What the generator counts and what must be zero, and its words."""


class Figures:
    """All cells, by scenario and server, in the order of the runs."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._cells: dict[tuple[str, str], list[Cell]] = {}
        for cell in cells:
            place = str(cell["scenario"]), str(cell["server"])
            self._cells.setdefault(place, []).append(cell)

    def servers(self, scenario: str) -> list[str]:
        """Return the servers of *scenario*, in the order of the first run."""
        return [server for name, server in self._cells if name == scenario]

    def runs(self, scenario: str, server: str) -> int:
        """Return how many runs succeeded."""
        cells = self._cells.get((scenario, server), [])
        return sum("failed" not in cell for cell in cells)

    def failures(self, servers: Iterable[str]) -> list[str]:
        """Return the failures of *servers* in any run: it failed, or has ERRORS."""
        failures = []
        for scenario, server in self._cells:
            if server not in servers:
                continue
            for key, word in ERRORS.items():
                count = self.most(scenario, server, key)
                if count:
                    failures.append(f"{scenario}, {server}: {count:,.0f} {word}")
            if why := self.failure(scenario, server):
                failures.append(f"{scenario}, {server}: {why}")
        return failures

    def failure(self, scenario: str, server: str) -> str:
        """Return a short reason for the last failed run, or "" if none failed."""
        reasons = [
            cell.get("failed") for cell in self._cells.get((scenario, server), [])
        ]
        why = str(next((why for why in reversed(reasons) if why), ""))
        return " ".join(why.replace("|", "/").split())[:REASON]

    def values(self, scenario: str, server: str, key: str) -> list[float]:
        """Return the value of each run; ``latency.1`` is the second of a list."""
        cells = self._cells.get((scenario, server), [])
        found = [_number(cell, key) for cell in cells]
        return [value for value in found if value is not None]

    def median(self, scenario: str, server: str, key: str) -> float | None:
        """Return the median of the runs, if there are any."""
        return _median(self.values(scenario, server, key))

    def most(self, scenario: str, server: str, key: str) -> float | None:
        """Return the worst run, which a median would hide."""
        return max(self.values(scenario, server, key), default=None)

    def ratio(
        self, scenario: str, server: str, key: str = "per_line", to: str = BARE
    ) -> float | None:
        """Return the median of the ratios to the server *to* in the same run."""
        pairs = self.pairs((scenario, server), (scenario, to), key)
        return _median(value / least for value, least in pairs if least)

    def between(self, one: str, other: str, server: str, key: str) -> float | None:
        """Return the median of the ratios of scenario *one* to *other*, run by run."""
        pairs = self.pairs((one, server), (other, server), key)
        return _median(value / least for value, least in pairs if least)

    def more(self, one: str, other: str, server: str, key: str) -> float | None:
        """Return the median difference between *one* and *other*, run by run."""
        pairs = self.pairs((one, server), (other, server), key)
        return _median(value - base for value, base in pairs)

    def pairs(
        self, one: tuple[str, str], other: tuple[str, str], key: str
    ) -> list[tuple[float, float]]:
        """Return the values at two places, for each run that has both."""
        cells = zip(self._cells.get(one, []), self._cells.get(other, []), strict=False)
        found = [(_number(mine, key), _number(theirs, key)) for mine, theirs in cells]
        return [(a, b) for a, b in found if a is not None and b is not None]


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None


def _number(cell: Cell, key: str) -> float | None:
    name, _, index = key.partition(".")
    value = cell.get(name)
    if isinstance(value, list) and index:
        value = value[int(index)]
    return float(value) if isinstance(value, int | float) else None
