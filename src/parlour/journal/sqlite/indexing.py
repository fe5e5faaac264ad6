"""Indexes messages for searches, in bounded steps."""

import sqlite3
from collections.abc import Iterable
from itertools import islice
from typing import Final

from parlour.core.events import RoomName

from . import search_index
from .rooms import Rooms, RoomState
from .rows import RoomRow
from .writer import Writer

ROOMS_PER_STEP: Final = 256  # visited by one step of maintenance


class Indexing:
    """Adds the messages of *rooms* to the search index.

    A step visits only rooms that changed, and indexes several in one transaction.
    """

    def __init__(self, db: sqlite3.Connection, writer: Writer, rooms: Rooms) -> None:
        self._db, self._writer, self._rooms = db, writer, rooms.by_name
        behind = [
            name for name, room in self._rooms.items() if room.row.indexed < room.head
        ]
        behind += search_index.rooms_behind(db)
        self._waiting = dict.fromkeys(behind)  # rooms to visit, in order

    def add(self, names: Iterable[RoomName]) -> None:
        """Visit the rooms *names*, which changed, in a later step."""
        self._waiting.update(dict.fromkeys(names))

    def step(self) -> bool:
        """Index one chunk of messages; return whether there is more to do."""
        behind: list[RoomState] = []
        with self._writer.converted_errors():
            for name in list(islice(self._waiting, ROOMS_PER_STEP)):
                room = self._rooms.get(name)
                if room and search_index.is_behind(self._db, room.row, room.head):
                    behind.append(room)
                else:
                    del self._waiting[name]
        if behind:
            rows = self._writer.commit("index", lambda: self._index(behind))
            for room, row in zip(behind, rows, strict=False):
                room.row = row
        return bool(self._waiting)

    def _index(self, rooms: Iterable[RoomState]) -> list[RoomRow]:
        """Index one chunk of the messages of *rooms*; return their new rows."""
        rows: list[RoomRow] = []
        left = search_index.CHUNK
        for room in rooms:
            row, count = search_index.index_messages(
                self._db, room.row, room.head, left
            )
            rows.append(row)
            left -= count
            if left <= 0:
                break
        return rows
