"""Write the files that are made from the tables of the server: `make generated`.

The tests compare them with what this module makes, so that they cannot be outdated.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from parlour.cli.settings.rendering import commented_file
from parlour.cli.settings.setting import Setting
from parlour.cli.settings.table import SETTINGS_BY_GROUP
from parlour.server.monitoring.exposition import (
    BUILD,
    BUILD_MEANING,
    PROCESS,
    READY,
    READY_MEANING,
)
from parlour.server.monitoring.metrics import GROUPS
from parlour.server.monitoring.versions import Versions

from .manual_pages import manual_pages

ROOT: Final = Path(__file__).parents[2]

MANUAL: Final = Path(__file__).with_name("man")

INTRODUCTION: Final = Path(__file__).with_name("settings.txt")
METRICS_INTRODUCTION: Final = Path(__file__).with_name("metrics.txt")


def settings_page() -> Iterator[str]:
    """Yield the lines of the reference of all settings."""
    yield from INTRODUCTION.read_text("utf-8").splitlines()
    for heading, settings in SETTINGS_BY_GROUP.items():
        yield from ("", f"## {heading}", "")
        yield "| Option | Environment | Default | Changes | Means |"
        yield "| --- | --- | --- | --- | --- |"
        yield from map(_row, settings)


def metrics_page() -> Iterator[str]:
    """Yield the lines of the reference of all metrics."""
    yield from METRICS_INTRODUCTION.read_text("utf-8").splitlines()
    for heading, metrics in GROUPS.items():
        yield from _metrics_table(heading)
        for each in metrics:
            yield _metric_row(each.name, each.kind.value, each.labels, each.meaning)
    yield from _metrics_table("Server and process")
    yield _metric_row(f"{BUILD}_info", "gauge", Versions._fields, BUILD_MEANING)
    yield _metric_row(READY, "gauge", (), READY_MEANING)
    for name, (kind, meaning) in PROCESS.items():
        yield _metric_row(name, kind, (), meaning)


def made_files() -> dict[Path, str]:
    """Return the text of each made file."""
    return {
        ROOT / "docs" / "reference" / "settings.md": _text(settings_page()),
        ROOT / "docs" / "reference" / "metrics.md": _text(metrics_page()),
        ROOT / "deploy" / "parlour.toml": _text(commented_file()),
    } | {MANUAL / name: _text(lines) for name, lines in manual_pages().items()}


def _row(setting: Setting) -> str:
    default = "" if setting.default is None else f"{setting.default}"
    cells = [
        f"`{setting.option}`",
        f"`{setting.variable}`",
        default or setting.derived,
        setting.applied.value,
        f"{setting.help} {setting.details}".strip(),
    ]
    return f"| {' | '.join(cells)} |"


def _metrics_table(heading: str) -> Iterator[str]:
    yield from ("", f"## {heading}", "")
    yield "| Metric | Kind | Labels | Means |"
    yield "| --- | --- | --- | --- |"


def _metric_row(name: str, kind: str, labels: Sequence[str], meaning: str) -> str:
    shown = ", ".join(f"`{label}`" for label in labels)
    return f"| {' | '.join((f'`{name}`', kind, shown, meaning))} |"


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for path, text in made_files().items():
        path.write_text(text, "utf-8")
