"""Numbers one batch of drafts and writes it to the file."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

from parlour.core.events import Message, RoomName
from parlour.core.storage import Draft, Duplicate, Outcome

from ..idempotency import IdempotencyKeys
from ..timestamps import clamp_time, from_microseconds, to_microseconds
from .room_state import RoomState
from .rows import MAX_ROOMS, RoomRow, checksum_input, insert_room

MAX_ROWS: Final = 256  # per statement; more are not faster, and take long to prepare

INSERT_MESSAGES: Final = (
    "INSERT INTO message (place, time, start, source, text, checksum) VALUES "
)
INSERT_KEYS: Final = "INSERT INTO key (key, place, time) VALUES "

Value = int | str


class Batch:
    """Drafts that are numbered but not committed.

    *rooms* and *keys* change only in `apply`, after a commit. *time* is the wall time
    of the messages; *steady* is the monotonic time of their keys.
    """

    def __init__(
        self,
        rooms: dict[RoomName, RoomState],
        keys: IdempotencyKeys,
        time: float,
        steady: float,
    ) -> None:
        self._rooms, self._keys, self._steady = rooms, keys, steady
        self._microseconds = to_microseconds(clamp_time(time))
        self._time = from_microseconds(self._microseconds)
        self._changed_rooms: dict[RoomName, RoomState] = {}
        self._new_keys: dict[str, Duplicate] = {}
        self._key_places: list[int] = []  # of the new keys
        self._values: list[tuple[Value, ...]] = []

    def number(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Assign numbers to *drafts*; return the outcomes if committed. Call once."""
        outcomes: list[Outcome] = []
        moment, time, values = self._microseconds, self._time, self._values
        current, room = None, None
        for draft in drafts:
            if draft.key and (duplicate := self._duplicate(draft.key)):
                outcomes.append(duplicate)
                continue
            name, source, text = draft.room, draft.source, draft.text
            if room is None or name != current:
                current, room = name, self._changed_room(name)
            sequence, start = room.head + 1, room.bytes
            place = room.row.place(sequence)
            data = checksum_input(place, moment, start, source, text)
            room.head = sequence
            # The prefix of the data is ASCII, so this is the size of source and text.
            room.bytes += len(data) - len(f"{place}\0{moment}\0{start}\0\0")
            values.append((place, moment, start, source, text, crc32(data)))
            outcomes.append(Message(name, sequence, time, source, text))
            if draft.key:
                self._new_keys[draft.key] = Duplicate(name, sequence)
                self._key_places.append(place)
        return outcomes

    def write(self, db: sqlite3.Connection) -> None:
        """Write the numbered drafts, inside a transaction of the caller."""
        for name, room in self._changed_rooms.items():
            if name not in self._rooms:
                insert_room(db, room.row)
        for rows in _chunks(self._values):
            places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
            values = [value for row in rows for value in row]
            db.execute(INSERT_MESSAGES + places, values)
        keys = [
            (key, place, self._microseconds)
            for key, place in zip(self._new_keys, self._key_places, strict=True)
        ]
        for rows in _chunks(keys):
            places = ", ".join(["(?, ?, ?)"] * len(rows))
            db.execute(INSERT_KEYS + places, [value for row in rows for value in row])

    def apply(self) -> None:
        """Update the rooms and keys, after the batch was committed."""
        self._rooms.update(self._changed_rooms)
        for key, outcome in self._new_keys.items():
            self._keys.add(key, outcome, self._steady)

    def _duplicate(self, key: str) -> Duplicate | None:
        return self._new_keys.get(key) or self._keys.find(key, self._steady)

    def _changed_room(self, name: RoomName) -> RoomState:
        """Return this batch's copy of the room's state."""
        room = self._changed_rooms.get(name)
        if room is None:
            before = self._rooms.get(name)
            if before is None:
                row = RoomRow(self._next_id(), name).with_checksum()
                room = RoomState(row, 0, 0)
            else:
                room = RoomState(before.row, before.head, before.bytes)
            self._changed_rooms[name] = room
        return room

    def _next_id(self) -> int:
        rooms = (*self._rooms.values(), *self._changed_rooms.values())
        number = max([room.row.id for room in rooms], default=0) + 1
        if number > MAX_ROOMS:
            raise OverflowError(f"a history has at most {MAX_ROOMS:,} rooms")
        return number


def _chunks(rows: Sequence[tuple[Value, ...]]) -> Iterator[Sequence[tuple[Value, ...]]]:
    """Yield *rows* in chunks whose lengths are powers of two.

    The number of different statements therefore stays small, and all of them can be
    cached. One statement per row would be slow: each statement releases the GIL, and
    while another thread is busy, reacquiring it can take milliseconds.
    """
    start = 0
    while start < len(rows):
        left = len(rows) - start
        length = min(1 << (left.bit_length() - 1), MAX_ROWS)
        yield rows[start : start + length]
        start += length
