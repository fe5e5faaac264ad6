"""Write the files that are made from the table of settings: `make generated`.

The tests compare them with what this module makes, so that they cannot be outdated.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from parlour.cli.settings.rendering import commented_file
from parlour.cli.settings.setting import Applied, Group, Setting
from parlour.cli.settings.table import TABLE

ROOT: Final = Path(__file__).parents[2]

INTRODUCTION: Final = Path(__file__).with_name("settings.txt")


def settings_page() -> Iterator[str]:
    """Yield the lines of the reference of all settings."""
    yield from INTRODUCTION.read_text("utf-8").splitlines()
    for group in Group:
        yield from ("", f"## {group.value}", "")
        yield "| Option | Environment | Default | Changes | Means |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(each) for each in TABLE if each.group is group)


def made_files() -> dict[Path, str]:
    """Return the text of each made file."""
    return {
        ROOT / "docs" / "reference" / "settings.md": _text(settings_page()),
        ROOT / "deploy" / "parlour.toml": _text(commented_file()),
    }


def _row(setting: Setting) -> str:
    default = "" if setting.default is None else f"{setting.default}"
    changes = "reload" if setting.applied is Applied.ON_RELOAD else "restart"
    cells = [
        f"`{setting.option}`",
        f"`{setting.variable}`",
        default or setting.derived,
        changes,
        f"{setting.help} {setting.details}".strip(),
    ]
    return f"| {' | '.join(cells)} |"


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for path, text in made_files().items():
        path.write_text(text, "utf-8")
