"""What was measured, kept as JSON, and shown as a page with plots."""

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
    """The cells of one run of the benchmark, and what is to be known of it."""

    facts: dict[str, str]
    """Of the machine, the code and the command."""
    absent: list[str]
    """What was asked for and is not installed."""
    versions: dict[str, str]
    """Of the others, as they tell it."""
    cells: list[Cell] = field(repr=False)

    @classmethod
    def read(cls, place: Path) -> "Results":
        """Return what is kept in *place*; raise OSError if nothing is."""
        told = json.loads((place / NAME).read_text())
        return cls(told["facts"], told["missing"], told["versions"], told["cells"])

    @property
    def figures(self) -> Figures:
        """What the cells tell together."""
        return Figures(self.cells)

    def add(self, part: "Results") -> None:
        """Put *part*, measured later, in the place of the same work, and say so."""
        done = {_work(cell): None for cell in part.cells}
        self.cells = [cell for cell in self.cells if _work(cell) not in done]
        self.cells += part.cells
        scenarios = ", ".join(dict.fromkeys(str(name) for name, _ in done))
        how = f"{part.facts['command']} at {part.facts['commit']}"
        self.facts[f"later, by {how}"] = scenarios

    def write(self, place: Path, servers: Sequence[Server]) -> bool:
        """Keep it in *place* with its page and plots; False: it could not draw."""
        place.mkdir(parents=True, exist_ok=True)
        figures = self.figures
        told = {
            "facts": self.facts,
            "missing": self.absent,
            "versions": self.versions,
            "targets": [verdict.as_cell(figures) for verdict in verdicts(figures)],
            "cells": self.cells,
        }
        (place / NAME).write_text(json.dumps(told, indent=1) + "\n")
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
        from .plots import draw  # noqa: PLC0415 -- only where matplotlib is
    except ImportError:
        return None
    return draw(figures, place)


def _profiled(path: Path) -> list[str]:
    """Return of what there is a profile: server and work, as it is headed."""
    text = path.read_text() if path.exists() else ""
    return [line[3:] for line in text.splitlines() if line.startswith("## ")]
