"""The full-text index, which consists of two tables.

`word` is part of the schema and indexes every message as it was sent. `segment` indexes
segmented texts (`segmentation`), where they differ: in scripts that do not separate
words, `word` treats whole sentences as words. A search queries both and returns what
either finds.

`segment` is not part of the schema. It is added to a file of an older program when the
file is opened, and maintenance then indexes the messages. The table `segmented` records
the progress in each room. Older programs ignore both tables.
"""

import sqlite3
from itertools import zip_longest
from typing import Final

from parlour.core.events import RoomName
from parlour.history.segmentation import needs_segmenting, segmented

from .rows import RoomRow, update_room

CHUNK: Final = 256  # messages indexed at a time, in about 20 microseconds each
SEGMENT_CHUNK: Final = 2048  # messages indexed at a time if `word` has them already

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
COUNT_TABLES: Final = """
SELECT count(*) FROM sqlite_master WHERE name IN ('segment', 'segmented')
"""
ADD_WORDS: Final = """
INSERT INTO word (rowid, text)
SELECT place, text FROM message WHERE place BETWEEN ? AND ?
"""
REMOVE_WORDS: Final = """
INSERT INTO word (word, rowid, text)
SELECT 'delete', place, text FROM message WHERE place BETWEEN ? AND ?
"""
ADD_SEGMENTS: Final = """
INSERT INTO segment (rowid, text) SELECT place, segmented(text)
FROM message WHERE place BETWEEN ? AND ? AND needs_segmenting(text)
"""
REMOVE_SEGMENTS: Final = """
INSERT INTO segment (segment, rowid, text) SELECT 'delete', place, segmented(text)
FROM message WHERE place BETWEEN ? AND ? AND needs_segmenting(text)
"""
REMOVE_TEXT: Final = "INSERT INTO word (word, rowid, text) VALUES ('delete', ?, ?)"
ADD_NO_TEXT: Final = "INSERT INTO word (rowid, text) VALUES (?, '')"
REMOVE_SEGMENTED: Final = """
INSERT INTO segment (segment, rowid, text) VALUES ('delete', ?, ?)
"""
MERGES: Final = {
    "word": "INSERT INTO word (word, rank) VALUES ('merge', ?)",
    "segment": "INSERT INTO segment (segment, rank) VALUES ('merge', ?)",
}
TABLES: Final = tuple(MERGES)
CHUNK_END: Final = """
SELECT max(place) - :room, count(*) FROM (
    SELECT place FROM message WHERE place BETWEEN :low AND :high
    ORDER BY place LIMIT :limit)
"""
ROOMS_BEHIND: Final = """
SELECT name FROM room LEFT JOIN segmented ON segmented.room = room.id
WHERE max(coalesce(segmented.sequence, 0), floor) < indexed
"""
SET_SEGMENTED: Final = "INSERT OR REPLACE INTO segmented VALUES (?, ?)"
GET_SEGMENTED: Final = "SELECT sequence FROM segmented WHERE room = ?"

ACTUAL_SEGMENTS: Final = """
SELECT id FROM segment_docsize WHERE id BETWEEN ? AND ? ORDER BY id
"""
EXPECTED_SEGMENTS: Final = """
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
"""For ASCII searches: `segment` also finds each segmented text that `word` finds."""

FIND: Final = _FIND.format(
    unless="AND NOT EXISTS (SELECT 1 FROM segment_docsize WHERE id = word.rowid)"
)
"""For other searches: a segmented text matches only if `segment` finds it."""

CREATE_TAIL: Final = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.tail
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
    """Define the SQL functions that the statements of this module call."""
    db.create_function("segmented", 1, segmented, deterministic=True)
    db.create_function("needs_segmenting", 1, needs_segmenting, deterministic=True)


def create(db: sqlite3.Connection) -> None:
    """Create the tables that are not part of the schema, unless they exist."""
    if not exists(db):
        db.executescript(CREATE)


def exists(db: sqlite3.Connection) -> bool:
    """Return whether the file has these tables; opening it for writing adds them."""
    (tables,) = db.execute(COUNT_TABLES).fetchone()
    return bool(tables == 2)


def rooms_behind(db: sqlite3.Connection) -> list[RoomName]:
    """Return the rooms with messages that are in `word` and not in `segment`."""
    return [name for (name,) in db.execute(ROOMS_BEHIND)]


def is_behind(db: sqlite3.Connection, row: RoomRow, head: int) -> bool:
    """Return whether a room whose last message is *head* has messages to index."""
    return row.indexed < head or _segmented(db, row) < row.indexed


def index_messages(
    db: sqlite3.Connection, row: RoomRow, head: int, limit: int = CHUNK
) -> tuple[RoomRow, int]:
    """Index the next chunk of a room whose last message is *head*.

    Messages that are in `word` and not in `segment` come first; others are at most
    *limit*. Returns the new row of the room, and the number of messages.
    """
    low = _segmented(db, row)
    if low < row.indexed:
        high, count = _chunk_end(db, row, (low, row.indexed), SEGMENT_CHUNK)
    else:
        high, count = _chunk_end(db, row, (row.indexed, head), limit)
        db.execute(ADD_WORDS, (row.place(row.indexed + 1), row.place(high)))
    db.execute(ADD_SEGMENTS, (row.place(low + 1), row.place(high)))
    db.execute(SET_SEGMENTED, (row.id, high))
    indexed = max(high, row.indexed)
    row = row.updated(floor=row.floor, bytes=row.bytes, indexed=indexed)
    return update_room(db, row), count


def remove(db: sqlite3.Connection, row: RoomRow, last: int) -> None:
    """Remove the messages of a room up to *last*, which must still exist."""
    low = row.place(row.floor + 1)
    db.execute(REMOVE_WORDS, (low, row.place(min(last, row.indexed))))
    db.execute(REMOVE_SEGMENTS, (low, row.place(min(last, _segmented(db, row)))))


def remove_text(db: sqlite3.Connection, row: RoomRow, sequence: int, text: str) -> None:
    """Remove the *text* of a message, which remains in the index without words.

    Its words are in the file until the index is merged.
    """
    place = row.place(sequence)
    if sequence <= row.indexed:
        db.execute(REMOVE_TEXT, (place, text))
        db.execute(ADD_NO_TEXT, (place,))
    if sequence <= _segmented(db, row) and needs_segmenting(text):
        db.execute(REMOVE_SEGMENTED, (place, segmented(text)))


def merge(db: sqlite3.Connection, table: str, pages: int) -> None:
    """Merge about as many *pages* of the index; start with a negative number."""
    db.execute(MERGES[table], (pages,))


def is_consistent(db: sqlite3.Connection, room: RoomRow) -> bool:
    """Return whether `segment`, if it exists, matches the stored messages."""
    if not exists(db):
        return True
    bounds = room.place(room.floor + 1), room.place(_segmented(db, room))
    actual = db.execute(ACTUAL_SEGMENTS, bounds)
    expected = db.execute(EXPECTED_SEGMENTS, bounds)
    return all(one == other for one, other in zip_longest(actual, expected))


def _segmented(db: sqlite3.Connection, row: RoomRow) -> int:
    """Return the sequence up to which `segment` is complete."""
    found = db.execute(GET_SEGMENTED, (row.id,)).fetchone()
    return max(found[0], row.floor) if found else row.floor


def _chunk_end(
    db: sqlite3.Connection, row: RoomRow, bounds: tuple[int, int], limit: int
) -> tuple[int, int]:
    """Return the last of the next *limit* sequences within *bounds*, and their number.

    The first of *bounds* is excluded.
    """
    low, high = bounds
    end, count = db.execute(
        CHUNK_END,
        {
            "room": row.place(0),
            "low": row.place(low + 1),
            "high": row.place(high),
            "limit": limit,
        },
    ).fetchone()
    return (high if count < limit else end), count
