"""What a history in a file does when nothing has to be written: chunks of work.

Each is done inside of a transaction of its caller's, and is small enough that a batch
which comes meanwhile waits for some milliseconds.
"""

import sqlite3
from typing import Final

from parlour.history.retention import Retention

from ..clock import Timeline
from ..idempotency import MAX_KEYS
from . import search_index
from .batch import RoomEnd
from .rows import MESSAGES, RoomRow, Row

CHUNK: Final = 1000  # rows deleted at a time

SURPLUS: Final = """
SELECT max(place) FROM (
    SELECT place, time, start FROM message
    WHERE place BETWEEN :low AND :high ORDER BY place LIMIT :chunk)
WHERE place <= :last OR start < :bytes OR place <= :old
"""
MESSAGE: Final = f"{MESSAGES} WHERE place = ?"
DELETE: Final = "DELETE FROM message WHERE place BETWEEN ? AND ?"
MOVE: Final = """
UPDATE room SET floor = ?, bytes = ?, indexed = ?, checksum = ? WHERE id = ?
"""
OLDEST_KEY: Final = "SELECT id FROM key ORDER BY id LIMIT 1"
NEWEST_KEY: Final = "SELECT max(id) FROM key"
DELETE_KEYS: Final = "DELETE FROM key WHERE id <= ?"


def surplus(
    db: sqlite3.Connection, end: RoomEnd, keep: Retention, old: int
) -> Row | None:
    """Return the last of the oldest messages, a chunk at most, that are too much.

    Those up to the sequence *old* are too old.
    """
    row = end.row
    bounds = {
        "low": row.place(row.floor + 1),
        "high": row.place(end.head),
        "chunk": CHUNK,
        "last": row.place(max(end.head - keep.max_messages, 0)),
        "bytes": end.bytes - keep.max_bytes,
        "old": row.place(old),
    }
    (place,) = db.execute(SURPLUS, bounds).fetchone()
    if place is None:
        return None
    return Row(*db.execute(MESSAGE, (place,)).fetchone())


def forget(db: sqlite3.Connection, row: RoomRow, last: Row) -> RoomRow:
    """Delete what the room *row* keeps up to *last*, from the index as well."""
    low = row.place(row.floor + 1)
    search_index.remove(db, row, last.sequence)
    db.execute(DELETE, (low, last.place))
    return _moved(
        db,
        row.moved(
            floor=last.sequence,
            bytes=last.end,
            indexed=max(row.indexed, last.sequence),
        ),
    )


def index(db: sqlite3.Connection, row: RoomRow, head: int) -> RoomRow:
    """Index the next messages of a room whose last is *head*."""
    high = search_index.extend(db, row, head)
    return _moved(db, row.moved(floor=row.floor, bytes=row.bytes, indexed=high))


def surplus_keys(
    db: sqlite3.Connection, recorded: Timeline, steady: float
) -> int | None:
    """Return up to which id the oldest keys may be deleted, a chunk at most.

    *recorded* says when the ids were given. The newest key stays, so that ids go on.
    """
    (newest,) = db.execute(NEWEST_KEY).fetchone()
    if newest is None:
        return None
    recorded.record(newest, steady)
    (oldest,) = db.execute(OLDEST_KEY).fetchone()
    last = min(max(newest - MAX_KEYS, recorded.expired(steady)), newest - 1)
    return None if last < oldest else min(last, oldest + CHUNK)


def _moved(db: sqlite3.Connection, row: RoomRow) -> RoomRow:
    db.execute(MOVE, (row.floor, row.bytes, row.indexed, row.checksum, row.id))
    return row
