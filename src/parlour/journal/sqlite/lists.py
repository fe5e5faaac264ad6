"""Tables that hold an ordered list for each account, or for each room: its owner."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from .checksums import Field, checksum

Row = TypeVar("Row")


class ListTable(NamedTuple):
    """The statements for the list of one owner; its rows have a position each."""

    select: str
    delete: str
    insert: str


def rows_by_owner(
    db: sqlite3.Connection, select: str, row: Callable[[Sequence[Field]], Row]
) -> dict[int, list[Row]]:
    """Return the rows that *select* finds by their first field, the owner."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for fields in db.execute(select):
        found[fields[0]].append(row(fields))
    return found


def write_list(
    db: sqlite3.Connection,
    table: ListTable,
    owner: int,
    wanted: Sequence[tuple[Field, ...]],
) -> None:
    """Make the list of *owner* in *table* equal to *wanted*.

    Rows that continue the beginning of *wanted* remain; the others are deleted, and
    what follows is inserted after them.
    """
    kept = position = 0
    for position, *values in db.execute(table.select, (owner,)).fetchall():
        if kept < len(wanted) and tuple(values) == wanted[kept]:
            kept += 1
        else:
            db.execute(table.delete, (owner, position))
    for values in wanted[kept:]:
        position += 1
        fields = owner, position, *values
        db.execute(table.insert, (*fields, checksum(*fields)))
