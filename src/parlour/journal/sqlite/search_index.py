"""The index for searching, in two tables of a history's file.

`word` is a part of the schema, and has every message as it was said. `segment` has
those again that `segmentation` changes, as it makes them: in scripts without blanks
the words of `word` are whole sentences. A query is asked of both, and what either
finds is found.

`segment` is no part of the schema: a file of an older program gets it when it is
opened, and its messages are entered while there is time. `segmented` tells how far
that is, per room; an older program leaves both alone.
"""

import sqlite3
from itertools import zip_longest
from typing import Final

from parlour.history.segmentation import needs_segmenting, segmented

from .rows import RoomRow

CHUNK: Final = 256  # messages entered at a time: about 20 microseconds each
SEGMENT_CHUNK: Final = 2048  # the same, into `segment` alone: few have to be

CREATE: Final = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS segmented (
    room INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS segment USING fts5 (
    text, content = '', tokenize = 'unicode61 remove_diacritics 2'
);
COMMIT;
"""
TABLES: Final = """
SELECT count(*) FROM sqlite_master WHERE name IN ('segment', 'segmented')
"""
INDEX: Final = """
INSERT INTO word (rowid, text)
SELECT place, text FROM message WHERE place BETWEEN ? AND ?
"""
UNINDEX: Final = """
INSERT INTO word (word, rowid, text)
SELECT 'delete', place, text FROM message WHERE place BETWEEN ? AND ?
"""
SEGMENT: Final = """
INSERT INTO segment (rowid, text) SELECT place, segmented(text)
FROM message WHERE place BETWEEN ? AND ? AND needs_segmenting(text)
"""
UNSEGMENT: Final = """
INSERT INTO segment (segment, rowid, text) SELECT 'delete', place, segmented(text)
FROM message WHERE place BETWEEN ? AND ? AND needs_segmenting(text)
"""
MOVE: Final = "INSERT OR REPLACE INTO segmented VALUES (?, ?)"
REACHED: Final = "SELECT sequence FROM segmented WHERE room = ?"

KNOWN: Final = "SELECT id FROM segment_docsize WHERE id BETWEEN ? AND ? ORDER BY id"
EXPECTED: Final = """
SELECT place FROM message WHERE place BETWEEN ? AND ? AND needs_segmenting(text)
ORDER BY place
"""

_FIND: Final = """
SELECT place FROM (
    SELECT rowid AS place FROM word WHERE word MATCH :words
    AND rowid BETWEEN :low AND :high {unless} ORDER BY rowid DESC LIMIT :limit)
UNION
SELECT place FROM (
    SELECT rowid AS place FROM segment WHERE segment MATCH :words
    AND rowid BETWEEN :low AND :high ORDER BY rowid DESC LIMIT :limit)
ORDER BY place DESC LIMIT :limit
"""
FIND_ASCII: Final = _FIND.format(unless="")
"""For words that `word` finds nowhere where `segment` would not."""

FIND: Final = _FIND.format(
    unless="AND NOT EXISTS (SELECT 1 FROM segment_docsize WHERE id = word.rowid)"
)

MAKE_TAIL: Final = """
CREATE VIRTUAL TABLE temp.tail
USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2')
"""
FILL_TAIL: Final = """
INSERT INTO temp.tail (rowid, text)
SELECT place, segmented(text) FROM main.message WHERE place BETWEEN ? AND ?
"""
CLEAR_TAIL: Final = "INSERT INTO temp.tail (tail) VALUES ('delete-all')"
FIND_IN_TAIL: Final = """
SELECT rowid FROM tail WHERE tail MATCH :words
AND rowid BETWEEN :low AND :high ORDER BY rowid DESC LIMIT :limit
"""


def register(db: sqlite3.Connection) -> None:
    """Let *db* call what the statements of this module call."""
    db.create_function("segmented", 1, segmented, deterministic=True)
    db.create_function("needs_segmenting", 1, needs_segmenting, deterministic=True)


def create(db: sqlite3.Connection) -> None:
    """Make the tables that a file of an older program does not have."""
    if not exists(db):
        db.executescript(CREATE)


def exists(db: sqlite3.Connection) -> bool:
    """Tell whether the file has the tables, as it has once a server opened it."""
    (tables,) = db.execute(TABLES).fetchone()
    return bool(tables == 2)


def is_due(db: sqlite3.Connection, row: RoomRow, head: int) -> bool:
    """Tell whether `extend` has anything to do."""
    return row.indexed < head or _reached(db, row) < row.indexed


def extend(db: sqlite3.Connection, row: RoomRow, head: int) -> int:
    """Enter the next messages of a room whose last is *head*; return the last in both.

    What `word` has already, and `segment` not, comes first.
    """
    reached = _reached(db, row)
    if reached < row.indexed:
        high = min(reached + SEGMENT_CHUNK, row.indexed)
    else:
        high = min(row.indexed + CHUNK, head)
        db.execute(INDEX, (row.place(row.indexed + 1), row.place(high)))
    db.execute(SEGMENT, (row.place(reached + 1), row.place(high)))
    db.execute(MOVE, (row.id, high))
    return max(high, row.indexed)


def remove(db: sqlite3.Connection, row: RoomRow, last: int) -> None:
    """Let go of what the room *row* keeps up to *last*, before it is deleted."""
    low = row.place(row.floor + 1)
    db.execute(UNINDEX, (low, row.place(min(last, row.indexed))))
    db.execute(UNSEGMENT, (low, row.place(min(last, _reached(db, row)))))


def is_sound(db: sqlite3.Connection, room: RoomRow) -> bool:
    """Tell whether `segment`, if it is there, knows the messages that it should."""
    if not exists(db):
        return True
    bounds = room.place(room.floor + 1), room.place(_reached(db, room))
    pairs = zip_longest(db.execute(KNOWN, bounds), db.execute(EXPECTED, bounds))
    return all(one == other for one, other in pairs)


def _reached(db: sqlite3.Connection, row: RoomRow) -> int:
    """Return up to where the messages of a room are in `segment` as well."""
    found = db.execute(REACHED, (row.id,)).fetchone()
    return max(found[0], row.floor) if found else row.floor
