"""Deletes old messages and idempotency keys in chunks, while no batch is waiting.

Each chunk is deleted in a transaction of the caller and delays a batch by a few
milliseconds at most.
"""

import sqlite3
from typing import Final, NamedTuple

from parlour.history.retention import Retention

from ..clock import Timeline
from ..keys import MAX_KEYS
from . import holes, search_index
from .rooms import RoomState
from .rows import SELECT_MESSAGE, MessageRow, RoomRow, update_room

CHUNK: Final = 1000  # rows deleted at a time

LAST_TO_DELETE: Final = """
SELECT max(place), count(*) FROM (
    SELECT place, start, row_number() OVER (ORDER BY place) AS number FROM message
    WHERE place BETWEEN :low AND :high ORDER BY place LIMIT :limit)
WHERE number <= :excess OR start < :bytes OR place <= :expired
"""
DELETE_MESSAGES: Final = "DELETE FROM message WHERE place BETWEEN ? AND ?"
OLDEST_KEY: Final = "SELECT id FROM key ORDER BY id LIMIT 1"
NEWEST_KEY: Final = "SELECT max(id) FROM key"
DELETE_KEYS: Final = "DELETE FROM key WHERE id <= ?"


class Chunk(NamedTuple):
    """The oldest messages of a room, up to *last*, and their number."""

    last: MessageRow
    size: int


def exceeds(room: RoomState, retention: Retention, expired: int) -> bool:
    """Return whether *room* has messages to delete.

    These are the oldest ones that exceed *retention* or have a sequence up to
    *expired*.
    """
    return (
        room.stored > retention.max_messages
        or room.bytes - room.row.bytes > retention.max_bytes
        or expired > room.row.floor
    )


def next_chunk(
    db: sqlite3.Connection,
    room: RoomState,
    retention: Retention,
    expired: int,
    limit: int = CHUNK,
) -> Chunk | None:
    """Return the next chunk of at most *limit* messages to delete, or None.

    `exceeds` says which ones are to be deleted.
    """
    row = room.row
    parameters = {
        "low": row.place(row.floor + 1),
        "high": row.place(room.head),
        "limit": limit,
        "excess": room.stored - retention.max_messages,
        "bytes": room.bytes - retention.max_bytes,
        "expired": row.place(expired),
    }
    place, count = db.execute(LAST_TO_DELETE, parameters).fetchone()
    if place is None:
        return None
    found = db.execute(SELECT_MESSAGE, (place,)).fetchone()
    return Chunk(MessageRow(*found), count)


def delete_chunk(db: sqlite3.Connection, row: RoomRow, last: MessageRow) -> RoomRow:
    """Delete the messages of a room up to *last*, and remove them from the index."""
    low = row.place(row.floor + 1)
    search_index.remove(db, row, last.sequence)
    db.execute(DELETE_MESSAGES, (low, last.place))
    holes.delete_old(db, row, last.sequence)
    return update_room(
        db,
        row.updated(
            floor=last.sequence,
            bytes=last.end,
            indexed=max(row.indexed, last.sequence),
        ),
    )


def last_key_to_delete(
    db: sqlite3.Connection, recorded: Timeline, steady: float
) -> int | None:
    """Return the last id of the next chunk of keys to delete, or None.

    *recorded* contains the times at which ids were assigned. The newest key always
    remains, so that ids are not reused.
    """
    (newest,) = db.execute(NEWEST_KEY).fetchone()
    if newest is None:
        return None
    recorded.record(newest, steady)
    (oldest,) = db.execute(OLDEST_KEY).fetchone()
    last = min(max(newest - MAX_KEYS, recorded.expired(steady)), newest - 1)
    return None if last < oldest else min(last, oldest + CHUNK)
