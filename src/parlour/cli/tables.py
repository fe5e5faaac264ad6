"""Tables of text, and the same as lines of JSON for scripts."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

import click

from .tool_output import printable

GAP: Final = "  "  # between two columns

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""A time in the answer of a server: only texts that it wrote look like this."""

Cell = str | int | float | bool | None


def show(found: Sequence[dict[str, Cell]], *, as_json: bool, if_empty: str) -> None:
    """Print what was *found* as lines of JSON, as a table, or the text *if_empty*."""
    if as_json:
        _show_objects(found)
    elif found:
        _show_table(found)
    else:
        click.echo(printable(if_empty))


def _show_objects(objects: Iterable[dict[str, Cell]]) -> None:
    """Print each object as a line of JSON, without the facts that are None."""
    for facts in objects:
        known = {key: fact for key, fact in facts.items() if fact is not None}
        click.echo(json.dumps(known))


def _show_table(objects: Sequence[dict[str, Cell]]) -> None:
    """Print *objects* as rows with a heading, without columns in which all are None."""
    from parlour.client.terminal.safe_text import make_safe, width  # noqa: PLC0415

    columns = [key for key in objects[0] if any(x[key] is not None for x in objects)]
    rows = [[key.upper() for key in columns]]
    rows += [[make_safe(_text(facts[key])) for key in columns] for facts in objects]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell + " " * (wanted - width(cell))
            for cell, wanted in zip(row, widths, strict=True)
        )
        click.echo(printable(GAP.join(cells).rstrip()))


def _text(cell: Cell) -> str:
    """Return *cell* for people; of a time, only the minute."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = "" if cell is None else str(cell)
    return f"{text[:10]} {text[11:16]} UTC" if TIME.fullmatch(text) else text
