"""The files of the page: size, references to other hosts, and contrast."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import parlour.gateways.web
from parlour.core.names.colors import NAME_COLORS

WEB = Path(parlour.gateways.web.__file__).parent
FILES = sorted([*WEB.glob("static/*"), *WEB.glob("templates/*")])
SCRIPTS = sorted(WEB.glob("static/*.js"))
SHEETS = "".join(path.read_text() for path in sorted(WEB.glob("static/*.css")))
HUE = re.compile(r"\.hue-(\d+) \{ --hue: light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\); \}")
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)")


def name_of(path: Path) -> str:
    return path.name


def test_the_total_size_of_the_files_is_small() -> None:
    # Rooms, drafts, direct messages, markup, suggestions, two densities, the columns of
    # search results, and the bar and the drawers of phones need this much. Accounts
    # added 5 kB of scripts, which know who is signed in and why no more, and 12 kB of
    # templates and styles: four pages with forms that also work without scripts. The
    # page that keeps order, with seven forms, and the dialog of moderators added 7 kB
    # of templates and styles, and keeping order 25 kB of scripts: 12 commands with the
    # errors of the terminal, the menus, and what each act, mute and ban says to whom.
    # What is read on which device added 3 kB of scripts, and erasing messages 2 kB;
    # private rooms, invitations and their links 13 kB, and the log of what was done
    # 2 kB; the forms to invite, enter and register by a code 5 kB of templates. Roles
    # in the list of users added 1 kB of scripts, and the log of what was done without
    # scripts 1 kB of templates. A prefix added 1 kB of both. A browser loads static
    # files once: their address changes only if they do.
    others = [path for path in FILES if path not in SCRIPTS]
    assert sum(path.stat().st_size for path in SCRIPTS) < 176_000
    assert sum(path.stat().st_size for path in others) < 75_400


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_refers_to_another_host(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"https?://[a-z]", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_no_script_parses_text_as_html_or_code(path: Path) -> None:
    words = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\("
    )

    assert not re.search(words, path.read_text())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_too_long_to_review(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def luminance(color: str) -> float:
    """Return the relative luminance of a colour, by WCAG 2."""
    digits = color[1:] if len(color) == 7 else "".join(2 * each for each in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def schemes() -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Yield each scheme, its colours by name, and its name colours in order."""
    found = PAIR.findall(SHEETS)
    for at, scheme in enumerate(["light", "dark"]):
        colors = {pair[0]: pair[1 + at] for pair in found}
        yield scheme, colors, [pair[1 + at] for pair in found if pair[0] == "hue"]


@pytest.mark.parametrize(
    ("scheme", "colors", "hues"), [*schemes()], ids=["light", "dark"]
)
def test_every_colour_has_enough_contrast(
    scheme: str, colors: dict[str, str], hues: list[str]
) -> None:
    inks = [colors["ink"], colors["soft"], colors["accent"], colors["bad"], *hues]

    on_paper = {ink: contrast(ink, colors["paper"]) for ink in inks}
    on_tint = {ink: contrast(ink, colors["tint"]) for ink in inks}
    on_fill = {ink: contrast(ink, colors["mention-fill"]) for ink in inks}

    assert len(set(hues)) == len(NAME_COLORS)
    assert {ink for ink, ratio in on_paper.items() if ratio < 4.5} == set(), scheme
    assert {ink for ink, ratio in on_tint.items() if ratio < 4.5} == set(), scheme
    assert {ink for ink, ratio in on_fill.items() if ratio < 4.5} == set(), scheme
    assert contrast(colors["mention"], colors["paper"]) >= 4.5
    assert contrast(colors["on-mention"], colors["mention"]) >= 4.5
    assert contrast(colors["on-accent"], colors["accent"]) >= 4.5
    assert contrast(colors["warn-ink"], colors["warn"]) >= 4.5
    assert contrast(colors["edge"], colors["card"]) >= 3


def test_the_colours_of_names_are_those_of_the_table() -> None:
    table = [
        (f"{place}", color.light, color.dark) for place, color in enumerate(NAME_COLORS)
    ]

    assert HUE.findall(SHEETS) == table
