"""Writes and reads the audit log: the acts of those who keep order.

Their numbers are consecutive, and the table `about` has how many there are.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final, NamedTuple

from parlour.core.events import Act, RoomName
from parlour.core.storage import Page, ReadActs
from parlour.history.pages import fit_acts

from ..timestamps import from_microseconds, to_microseconds
from .checksums import Field, checksum, is_intact
from .errors import OnDamage, refuse, storage_error

MAX_ACTS: Final = 1_000_000  # in a file; the oldest are deleted

SELECT_ACTS: Final = (
    "SELECT id, time, actor, action, room, name, until, reason, checksum FROM act"
)
ALL: Final = f"{SELECT_ACTS} ORDER BY id"
NEXT: Final = f"{SELECT_ACTS} WHERE id > ? ORDER BY id LIMIT ?"
OLDEST: Final = f"{SELECT_ACTS} ORDER BY id LIMIT 1"
NEWEST: Final = f"{SELECT_ACTS} ORDER BY id DESC LIMIT 1"
LAST: Final = f"{SELECT_ACTS} WHERE id < ? ORDER BY id DESC"
OPENING: Final = "SELECT max(id) FROM act WHERE room = ? AND action = 'open'"
LAST_IN_ROOM: Final = (
    f"{SELECT_ACTS} WHERE id < ? AND room = ? AND id >= ifnull(({OPENING}), 0) "
    "ORDER BY id DESC"
)
INSERT_ACT: Final = """
INSERT INTO act (id, time, actor, action, room, name, until, reason, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DELETE_ACTS: Final = "DELETE FROM act WHERE id <= ?"
SELECT_NUMBERS: Final = "SELECT acts, last_act FROM about"
SET_NUMBERS: Final = "UPDATE about SET acts = ?, last_act = ?"


class ActRow(NamedTuple):
    """A row of the table `act`; `schema-3.sql` describes the columns."""

    id: int
    time: int
    actor: str
    action: str
    room: str | None
    name: str
    until: int | None
    reason: str
    checksum: int

    @property
    def act(self) -> Act:
        """The act as a page has it; the row is intact."""
        return Act(
            self.id,
            from_microseconds(self.time),
            self.actor,
            self.action,
            None if self.room is None else RoomName(self.room),
            self.name,
            None if self.until is None else from_microseconds(self.until),
            self.reason,
        )


class ActNumbers(NamedTuple):
    """How many acts are stored, and the number of the last one."""

    stored: int = 0
    last: int = 0

    @property
    def all(self) -> range:
        """The numbers of the stored acts."""
        return range(self.last - self.stored + 1, self.last + 1)

    def after(self, acts: Sequence[Act]) -> "ActNumbers":
        """Return the numbers after *acts* were added, and the oldest ones deleted."""
        stored = min(self.stored + len(acts), MAX_ACTS)
        return ActNumbers(stored, self.last + len(acts))


def act_numbers(db: sqlite3.Connection) -> ActNumbers:
    """Return the recorded numbers of acts."""
    count, last = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    return ActNumbers(count or 0, last or 0)


def load_numbers(db: sqlite3.Connection) -> ActNumbers:
    """Return the numbers of acts, after checking the first and the last act.

    Raises StorageError if one of them is missing or was changed.
    """
    numbers = act_numbers(db)
    rows = dict.fromkeys([*db.execute(OLDEST), *db.execute(NEWEST)])
    _check(rows, sorted({*numbers.all[:1], *numbers.all[-1:]}), refuse)
    return numbers


def check_acts(db: sqlite3.Connection, on_damage: OnDamage) -> int:
    """Check all acts, call *on_damage* with each problem; return how many there are."""
    numbers = act_numbers(db)
    _check(db.execute(ALL), numbers.all, on_damage)
    return numbers.stored


def write_acts(
    db: sqlite3.Connection, acts: Sequence[Act], numbers: ActNumbers
) -> ActNumbers:
    """Store *acts*, which follow those with *numbers*; return the new numbers."""
    changed = numbers.after(acts)
    db.executemany(INSERT_ACT, map(act_row, acts))
    if changed.stored < numbers.stored + len(acts):
        db.execute(DELETE_ACTS, (changed.last - changed.stored,))
    db.execute(SET_NUMBERS, (changed.stored, changed.last))
    return changed


def read_acts(db: sqlite3.Connection, query: ReadActs) -> Page:
    """Return the page that answers *query*.

    Raises StorageError if an act was changed; or if one is missing, unless the query is
    about one room: `check_acts` finds that one.
    """
    whole = act_numbers(db).all
    before, limit = min(query.before, whole.stop), max(query.limit, 0)
    if query.room is None:
        found = db.execute(LAST, (before,))
    else:
        found = db.execute(LAST_IN_ROOM, (before, query.room, query.room))
    rows: list[ActRow] = []
    with closing(found):
        acts = _acts(found, rows)
        page = fit_acts(islice(acts, limit))[::-1]
        next(acts, None)
    has_more = len(rows) > len(page)
    if query.room is None:
        expected = whole[: max(before - whole.start, 0)][::-1]
        if has_more:
            expected = expected[: len(rows)]
        if [row.id for row in rows] != list(expected):
            raise storage_error("history_damaged")
    return Page((), has_more, 0, acts=tuple(page))


def next_acts(db: sqlite3.Connection, number: int, limit: int) -> list[Act]:
    """Return the first *limit* acts after the one with *number*.

    Raises StorageError if one of them was changed, or is missing between them.
    """
    rows: list[ActRow] = []
    acts = list(_acts(db.execute(NEXT, (number, limit)), rows))
    if rows and rows[-1].id - rows[0].id != len(rows) - 1:
        raise storage_error("history_damaged")
    return acts


def act_row(act: Act) -> ActRow:
    """Return the row for *act*, with its checksum."""
    fields = (
        act.number,
        to_microseconds(act.time),
        act.by,
        act.action,
        act.room,
        act.name,
        None if act.until is None else to_microseconds(act.until),
        act.reason,
    )
    return ActRow(*fields, checksum(*fields))


def _acts(found: sqlite3.Cursor, rows: list[ActRow]) -> Iterator[Act]:
    """Yield each act of *found*, and add its row to *rows*."""
    for fields in found:
        row = ActRow(*fields)
        if not is_intact(row):
            raise storage_error("history_damaged")
        rows.append(row)
        yield row.act


def _check(
    rows: Iterable[tuple[Field, ...]], expected: Sequence[int], on_damage: OnDamage
) -> None:
    """Check *rows* of acts, which should have the *expected* numbers."""
    count, is_complete = 0, True
    for fields in rows:
        row = ActRow._make(fields)
        if not is_intact(row):
            on_damage(f"the record of act {row.id} was changed")
        is_complete &= count < len(expected) and expected[count] == row.id
        count += 1
    if not is_complete or count != len(expected):
        on_damage("an act of the audit log is missing")
