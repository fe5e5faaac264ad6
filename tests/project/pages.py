"""The parts of a page of the documentation: fenced blocks, tables, links, code."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
PROTOCOL = DOCS / "reference" / "protocol.md"
SESSION = DOCS / "reference" / "session.md"
CLI = DOCS / "reference" / "cli.md"
SETTINGS = DOCS / "reference" / "settings.md"
ROLES = DOCS / "reference" / "roles.md"
LIMITS = DOCS / "reference" / "limits.md"
CLIENT = DOCS / "howto" / "write-a-client.md"
ROOMS = DOCS / "howto" / "rooms-and-direct-messages.md"
TUTORIAL = DOCS / "tutorial.md"
GROUP = DOCS / "tutorial-group.md"
README = ROOT / "README.md"

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")

Row = dict[str, str]


class Block(NamedTuple):
    """A fenced block, and its first line in its page."""

    line: int
    text: str


def name_of(page: Path) -> str:
    """Return the path of a page, relative to the root."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[Block]:
    """Return the fenced blocks of *page* in *language*."""
    text = page.read_text("utf-8")
    return [
        Block(text.count("\n", 0, found.start()) + 2, found[2])
        for found in _FENCED.finditer(text)
        if found[1] == language
    ]


def links(page: Path) -> list[str]:
    """Return the targets of the links of *page*."""
    return _LINK.findall(_FENCED.sub("", page.read_text("utf-8")))


def headings(page: Path) -> set[str]:
    """Return the names by which links lead to the headings of *page*."""
    text = _FENCED.sub("", page.read_text("utf-8"))
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


def code(page: Path) -> list[str]:
    """Return the code spans of *page* and the commands of its shell blocks."""
    shell = [line for found in blocks(page, "console") for line in _typed(found.text)]
    return _SPAN.findall(_FENCED.sub("", page.read_text("utf-8"))) + shell


def spans(cell: str) -> list[str]:
    """Return the code spans in *cell* of a table."""
    return _SPAN.findall(cell)


def rows(page: Path, first: str, *, section: str = "") -> list[Row]:
    """Return the rows of the tables of *page* whose first column is named *first*.

    With *section*, only the tables below headings that start with it count.
    """
    found: list[Row] = []
    heading, columns = "", list[str]()
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
        elif columns[0] == first and heading.startswith(section) and not _ruled(cells):
            found.append(dict(zip(columns, cells, strict=True)))
    return found


def _ruled(cells: list[str]) -> bool:
    return all(set(cell) <= {"-", ":"} and cell for cell in cells)


def _typed(text: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]
