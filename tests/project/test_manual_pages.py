"""The manual pages are valid, and describe what the programs offer."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.generated.make import MANUAL
from parlour import __version__, cli
from parlour.cli.settings.table import TABLE
from tests.programs.installed import require

each_page = pytest.mark.parametrize(
    "page", sorted(MANUAL.iterdir()), ids=lambda path: path.name
)


def formatted(page: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [require("groff"), "-man", "-Tutf8", "-P-cbou", "-rLL=200n", *options, page],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )


def test_there_is_a_page_for_each_of_program_server_and_file() -> None:
    assert [each.name for each in sorted(MANUAL.iterdir())] == [
        *("parlour-serve.1", "parlour.1", "parlour.toml.5"),
    ]


@each_page
def test_a_page_is_formatted_without_warnings(page: Path) -> None:
    assert formatted(page, "-ww", "-z").stderr == ""


@each_page
def test_a_page_has_the_version_and_no_date(page: Path) -> None:
    title = page.read_text("utf-8").splitlines()[1]

    assert title.endswith(f' "" "parlour {__version__}" "Parlour"')


def test_the_page_of_the_server_has_every_setting() -> None:
    text = formatted(MANUAL / "parlour-serve.1").stdout
    found = set(re.findall(r"^ +(--[a-z-]+)", text, re.MULTILINE))

    assert {each.option for each in TABLE} <= found
    assert all(f"Environment: {each.variable}\n" in text for each in TABLE)


def test_the_page_of_the_file_has_every_key() -> None:
    text = formatted(MANUAL / "parlour.toml.5").stdout
    found = set(re.findall(r"^ +([a-z-]+) = ", text, re.MULTILINE))

    assert {each.name for each in TABLE} <= found


def test_the_page_of_the_program_has_every_command() -> None:
    text = formatted(MANUAL / "parlour.1").stdout

    for name, command in cli.main.commands.items():
        inner = getattr(command, "commands", {"": None})
        for each in inner if name != "serve" else ():
            assert f"   parlour {name} {each}".rstrip() in text
