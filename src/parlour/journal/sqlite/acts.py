"""Writes and reads the audit log: the acts of those who keep order.

Their numbers ascend, and the table `about` has how many there are. Of very many in one
room the oldest are deleted, so that nobody pushes out the acts of others.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final, NamedTuple

from parlour.core.events import Act, RoomName
from parlour.core.storage import Page, ReadActs
from parlour.history.pages import fit_acts

from ..acts import max_acts
from ..timestamps import from_microseconds, to_microseconds
from .checksums import Field, checksum, is_intact
from .errors import OnDamage, refuse, storage_error

MAX_ACTS: Final = 1_000_000  # in a file; the oldest of rooms are deleted

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
DELETE_IN_PLACE: Final = """
DELETE FROM act WHERE room IS ? AND id <= (
SELECT id FROM act WHERE room IS ? ORDER BY id DESC LIMIT 1 OFFSET ?)
"""
DELETE_IN_ROOMS: Final = """
DELETE FROM act WHERE id IN (
SELECT id FROM act NOT INDEXED WHERE room IS NOT NULL ORDER BY id LIMIT ?)
"""
COUNT_ACTS: Final = "SELECT count(*), max(id) FROM act"
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


def act_numbers(db: sqlite3.Connection) -> ActNumbers:
    """Return the recorded numbers of acts."""
    count, last = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    return ActNumbers(count or 0, last or 0)


def load_numbers(db: sqlite3.Connection) -> ActNumbers:
    """Return the numbers of acts, after checking them, the first and the last act.

    Raises StorageError if an act is missing, or one of these was changed.
    """
    _check(db, [*db.execute(OLDEST), *db.execute(NEWEST)], refuse)
    return act_numbers(db)


def check_acts(db: sqlite3.Connection, on_damage: OnDamage) -> int:
    """Check all acts, call *on_damage* with each problem; return how many there are."""
    _check(db, db.execute(ALL), on_damage)
    return act_numbers(db).stored


def write_acts(
    db: sqlite3.Connection, acts: Sequence[Act], numbers: ActNumbers
) -> ActNumbers:
    """Store *acts*, which follow those with *numbers*; return the new numbers.

    The oldest of too many are deleted: those of one room, those of the server, and
    those of all rooms.
    """
    db.executemany(INSERT_ACT, map(act_row, acts))
    stored = numbers.stored + len(acts)
    for place in dict.fromkeys(each.room for each in acts):
        bound = max_acts(place)
        stored -= db.execute(DELETE_IN_PLACE, (place, place, bound)).rowcount
    if stored > MAX_ACTS:
        stored -= db.execute(DELETE_IN_ROOMS, (stored - MAX_ACTS,)).rowcount
    changed = ActNumbers(stored, numbers.last + len(acts))
    db.execute(SET_NUMBERS, changed)
    return changed


def read_acts(db: sqlite3.Connection, query: ReadActs) -> Page:
    """Return the page that answers *query*.

    Raises StorageError if an act was changed; `check_acts` finds one that is missing.
    """
    before = min(query.before, act_numbers(db).last + 1)
    limit = max(query.limit, 0)
    if query.room is None:
        found = db.execute(LAST, (before,))
    else:
        found = db.execute(LAST_IN_ROOM, (before, query.room, query.room))
    rows: list[ActRow] = []
    with closing(found):
        acts = _acts(found, rows)
        page = fit_acts(islice(acts, limit))[::-1]
        next(acts, None)
    return Page((), len(rows) > len(page), 0, acts=tuple(page))


def next_acts(db: sqlite3.Connection, number: int, limit: int) -> list[Act]:
    """Return the first *limit* acts after the one with *number*.

    Raises StorageError if one of them was changed.
    """
    return list(_acts(db.execute(NEXT, (number, limit)), []))


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
    db: sqlite3.Connection, rows: Iterable[tuple[Field, ...]], on_damage: OnDamage
) -> None:
    """Check that *rows* of acts are intact, and that none is missing in the table."""
    for fields in rows:
        row = ActRow._make(fields)
        if not is_intact(row):
            on_damage(f"the record of act {row.id} was changed")
    stored, last = db.execute(COUNT_ACTS).fetchone()
    if (stored, last or 0) != act_numbers(db):
        on_damage("an act of the audit log is missing")
