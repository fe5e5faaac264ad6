"""The results, stored as JSON and written as a page with plots."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from . import table
from .figures import Figures
from .run import Cell
from .servers import Server
from .targets import verdicts

NAME: Final = "results.json"
PROFILES: Final = "profiles.md"


@dataclass
class Results:
    """The measurements of one run of the benchmark, and its circumstances."""

    facts: dict[str, str]
    """The machine, the code and the command."""
    absent: list[str]
    """Chosen servers and tools that are not installed."""
    versions: dict[str, str]
    """The versions of the other servers."""
    cells: list[Cell] = field(repr=False)

    @classmethod
    def read(cls, place: Path) -> "Results":
        """Return the results in *place*. Raises OSError if there are none."""
        stored = json.loads((place / NAME).read_text())
        return cls(
            stored["facts"], stored["missing"], stored["versions"], stored["cells"]
        )

    @property
    def figures(self) -> Figures:
        """The figures of all measurements."""
        return Figures(self.cells)

    def add(self, part: "Results") -> None:
        """Replace the cells that *part* measured again, and record its command."""
        done = {_work(cell): None for cell in part.cells}
        self.cells = [cell for cell in self.cells if _work(cell) not in done]
        self.cells += part.cells
        scenarios = ", ".join(dict.fromkeys(str(name) for name, _ in done))
        how = f"{part.facts['command']} at {part.facts['commit']}"
        self.facts[f"later, by {how}"] = scenarios

    def write(self, place: Path, servers: Sequence[Server]) -> bool:
        """Write everything to *place*; return False if there are no plots."""
        place.mkdir(parents=True, exist_ok=True)
        figures = self.figures
        content = {
            "facts": self.facts,
            "missing": self.absent,
            "versions": self.versions,
            "targets": [verdict.as_cell(figures) for verdict in verdicts(figures)],
            "cells": self.cells,
        }
        (place / NAME).write_text(json.dumps(content, indent=1) + "\n")
        plots = _drawn(figures, place)
        page = table.page(
            figures,
            self.facts,
            table.Others(servers, self.absent, self.versions),
            plots or [],
            _profiled(place / PROFILES),
        )
        (place / "results.md").write_text(page)
        return plots is not None


def _work(cell: Cell) -> tuple[object, object]:
    return cell["scenario"], cell["server"]


def _drawn(figures: Figures, place: Path) -> list[str] | None:
    try:
        from .plots import draw  # noqa: PLC0415 -- matplotlib is optional
    except ImportError:
        return None
    return draw(figures, place)


def _profiled(path: Path) -> list[str]:
    """Return the headings of the profiles, each a server and a work."""
    text = path.read_text() if path.exists() else ""
    return [line[3:] for line in text.splitlines() if line.startswith("## ")]
