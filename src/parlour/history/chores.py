"""What a history in a file does when nothing has to be written: chunks of work.

Each is done inside of a transaction of its caller's, and is small enough that a batch
which comes meanwhile waits for some milliseconds.
"""

import sqlite3
from typing import Final

from . import search_index
from .batch import End
from .keys import KEY_AGE, MAX_KEYS
from .pages import micros
from .retention import Retention
from .rows import MESSAGES, RoomRow, Row

CHUNK: Final = 1000  # rows deleted at a time

SURPLUS: Final = """
SELECT max(place) FROM (
    SELECT place, time, start FROM message
    WHERE place BETWEEN :low AND :high ORDER BY place LIMIT :chunk)
WHERE place <= :last OR start < :bytes OR time < :cutoff
"""
MESSAGE: Final = f"{MESSAGES} WHERE place = ?"
DELETE: Final = "DELETE FROM message WHERE place BETWEEN ? AND ?"
MOVE: Final = """
UPDATE room SET floor = ?, bytes = ?, indexed = ?, checksum = ? WHERE id = ?
"""
OLDEST_KEY: Final = "SELECT id, time FROM key ORDER BY id LIMIT 1"
NEWEST_KEY: Final = "SELECT max(id) FROM key"
DELETE_KEYS: Final = "DELETE FROM key WHERE id < ? AND (id <= ? OR time < ?)"


def surplus(
    db: sqlite3.Connection, end: End, keep: Retention, now: float
) -> Row | None:
    """Return the last of the oldest messages, a chunk at most, that are too much.

    What was said before something that is too old is too old, too, whatever the clock
    said then.
    """
    row = end.row
    bounds = {
        "low": row.place(row.floor + 1),
        "high": row.place(end.head),
        "chunk": CHUNK,
        "last": row.place(max(end.head - keep.max_messages, 0)),
        "bytes": end.bytes - keep.max_bytes,
        "cutoff": micros(keep.cutoff(now)),
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


def surplus_keys(db: sqlite3.Connection, now: float) -> tuple[int, int, int] | None:
    """Return which of the oldest keys may go, as `DELETE_KEYS` wants it."""
    oldest = db.execute(OLDEST_KEY).fetchone()
    if oldest is None:
        return None
    number, time = oldest
    (newest,) = db.execute(NEWEST_KEY).fetchone()
    cutoff = micros(now - KEY_AGE)
    if number > newest - MAX_KEYS and time >= cutoff:
        return None
    return number + CHUNK, newest - MAX_KEYS, cutoff


def _moved(db: sqlite3.Connection, row: RoomRow) -> RoomRow:
    db.execute(MOVE, (row.floor, row.bytes, row.indexed, row.checksum, row.id))
    return row
