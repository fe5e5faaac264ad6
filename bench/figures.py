"""Medians of what was measured, and ratios to the bare loop of the same run."""

import statistics
from collections.abc import Iterable

from .run import Cell
from .scenarios import BARE


class Figures:
    """All cells, by scenario and server, in the order of the runs."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._cells: dict[tuple[str, str], list[Cell]] = {}
        for cell in cells:
            place = str(cell["scenario"]), str(cell["server"])
            self._cells.setdefault(place, []).append(cell)

    def servers(self, scenario: str) -> list[str]:
        """Return who did that work, in the order of the first run."""
        return [server for name, server in self._cells if name == scenario]

    def runs(self, scenario: str, server: str) -> int:
        """Return how many runs succeeded."""
        cells = self._cells.get((scenario, server), [])
        return sum("failed" not in cell for cell in cells)

    def failure(self, scenario: str, server: str) -> str:
        """Return why the last run that failed did so; "" if none did."""
        told = [cell.get("failed") for cell in self._cells.get((scenario, server), [])]
        return str(next((why for why in reversed(told) if why), ""))

    def values(self, scenario: str, server: str, key: str) -> list[float]:
        """Return what each run told; ``latency.1`` is the second of a list."""
        cells = self._cells.get((scenario, server), [])
        found = [_number(cell, key) for cell in cells]
        return [value for value in found if value is not None]

    def median(self, scenario: str, server: str, key: str) -> float | None:
        """Return the median of the runs, if there are any."""
        values = self.values(scenario, server, key)
        return statistics.median(values) if values else None

    def most(self, scenario: str, server: str, key: str) -> float | None:
        """Return the worst run: a median would hide what must never be."""
        return max(self.values(scenario, server, key), default=None)

    def ratio(
        self, scenario: str, server: str, key: str = "per_line", to: str = BARE
    ) -> float | None:
        """Return the median of the ratios to the server *to* in the same run."""
        ours, theirs = (self._cells.get((scenario, name), []) for name in (server, to))
        ratios = []
        for mine, yard in zip(ours, theirs, strict=False):
            value, least = _number(mine, key), _number(yard, key)
            if value is not None and least:
                ratios.append(value / least)
        return statistics.median(ratios) if ratios else None


def _number(cell: Cell, key: str) -> float | None:
    name, _, index = key.partition(".")
    value = cell.get(name)
    if isinstance(value, list) and index:
        value = value[int(index)]
    return float(value) if isinstance(value, int | float) else None
