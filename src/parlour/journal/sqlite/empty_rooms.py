"""Deletes closed rooms that have no messages any more."""

import sqlite3
from typing import Final

from ..changes import Changes, People
from .people import write_changes
from .room_changes import RoomChanges
from .rooms import Rooms

DELETE_KEYS: Final = "DELETE FROM key WHERE place >> 40 = ?"


def delete_empty(db: sqlite3.Connection, rooms: Rooms, people: People) -> None:
    """Delete closed rooms without messages, with their keys and sanctions.

    The accounts that were in them no longer are, and there are no invitations to them.
    Only at the start, when no server knows them. Nothing changes if the disk is full.
    """
    empty = [
        name
        for name, room in rooms.by_name.items()
        if room.row.is_closed and not room.stored
    ]
    if not empty:
        return
    deleted = RoomChanges(rooms)
    changes = Changes(people, deleted.head, deleted.settings, 0, 0.0)
    for name in empty:
        deleted.delete(name)
    changes.delete_rooms(set(empty))
    try:
        db.execute("BEGIN IMMEDIATE")
        deleted.write(db)
        for name in empty:
            db.execute(DELETE_KEYS, (deleted.row_id(name),))
        write_changes(db, changes, deleted.row_id)
        db.execute("COMMIT")
    except sqlite3.OperationalError:
        if db.in_transaction:
            db.execute("ROLLBACK")
        return
    deleted.apply()
    changes.apply()
