"""One batch of drafts on its way into a history's file."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

from parlour.core.events import Message, RoomName
from parlour.core.storage import Draft, Duplicate, Outcome

from ..idempotency import IdempotencyKeys
from ..timestamps import clamp_time, from_microseconds, to_microseconds
from .rows import MAX_ROOMS, RoomRow, signed

MAX_ROWS: Final = 256  # in one statement: more are not faster, and take long to prepare

ADD_ROOM: Final = "INSERT INTO room VALUES (?, ?, ?, ?, ?, ?)"
ADD_MESSAGES: Final = (
    "INSERT INTO message (place, time, start, source, text, checksum) VALUES "
)
ADD_KEYS: Final = "INSERT INTO key (key, place, time) VALUES "

Value = int | str


class RoomEnd:
    """Where a room ends: its last sequence, and the bytes that were said in it."""

    __slots__ = ("bytes", "head", "row")

    def __init__(self, row: RoomRow, head: int, bytes: int) -> None:  # noqa: A002
        self.row, self.head, self.bytes = row, head, bytes


class Batch:
    """Drafts numbered as if they were recorded, without a trace until `settle`.

    *time* is the wall time that they get; *steady* is when their keys are recorded.
    """

    def __init__(
        self,
        ends: dict[RoomName, RoomEnd],
        keys: IdempotencyKeys,
        time: float,
        steady: float,
    ) -> None:
        self._ends, self._keys, self._steady = ends, keys, steady
        self._micros = to_microseconds(clamp_time(time))
        self._time = from_microseconds(self._micros)
        self._grown: dict[RoomName, RoomEnd] = {}
        self._fresh: dict[str, Duplicate] = {}
        self._places: list[int] = []  # of the fresh keys
        self._values: list[tuple[Value, ...]] = []

    def number(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Return what becomes of *drafts* if they are written."""
        outcomes: list[Outcome] = []
        moment, time, values = self._micros, self._time, self._values
        name, end = None, None
        for draft in drafts:
            if draft.key and (repeated := self._repeated(draft.key)):
                outcomes.append(repeated)
                continue
            room, source, text = draft.room, draft.source, draft.text
            if end is None or room != name:
                name, end = room, self._end(room)
            sequence, start = end.head + 1, end.bytes
            place = end.row.place(sequence)
            data = signed(place, moment, start, source, text)
            end.head = sequence
            # what stands before the source in it is ASCII
            end.bytes += len(data) - len(f"{place}\0{moment}\0{start}\0\0")
            values.append((place, moment, start, source, text, crc32(data)))
            outcomes.append(Message(room, sequence, time, source, text))
            if draft.key:
                self._fresh[draft.key] = Duplicate(room, sequence)
                self._places.append(place)
        return outcomes

    def write(self, db: sqlite3.Connection) -> None:
        """Write what was numbered, inside of a transaction."""
        for name, end in self._grown.items():
            if name not in self._ends:
                row = end.row
                fields = row.id, name, row.floor, row.bytes, row.indexed, row.checksum
                db.execute(ADD_ROOM, fields)
        for rows in _runs(self._values):
            places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
            db.execute(ADD_MESSAGES + places, [value for row in rows for value in row])
        keys = [
            (key, place, self._micros)
            for key, place in zip(self._fresh, self._places, strict=True)
        ]
        for rows in _runs(keys):
            places = ", ".join(["(?, ?, ?)"] * len(rows))
            db.execute(ADD_KEYS + places, [value for row in rows for value in row])

    def settle(self) -> None:
        """Know that what was written is durable."""
        self._ends.update(self._grown)
        for key, outcome in self._fresh.items():
            self._keys.add(key, outcome, self._steady)

    def _repeated(self, key: str) -> Duplicate | None:
        return self._fresh.get(key) or self._keys.find(key, self._steady)

    def _end(self, name: RoomName) -> RoomEnd:
        """Return the end of a room, to be moved."""
        end = self._grown.get(name)
        if end is None:
            old = self._ends.get(name)
            if old is None:
                row = RoomRow(self._next_id(), name).sealed()
                end = RoomEnd(row, 0, 0)
            else:
                end = RoomEnd(old.row, old.head, old.bytes)
            self._grown[name] = end
        return end

    def _next_id(self) -> int:
        ids = [end.row.id for end in (*self._ends.values(), *self._grown.values())]
        number = max(ids, default=0) + 1
        if number > MAX_ROOMS:
            raise OverflowError("a history has no place for so many rooms")
        return number


def _runs(rows: Sequence[tuple[Value, ...]]) -> Iterator[Sequence[tuple[Value, ...]]]:
    """Cut *rows* into runs whose lengths are powers of two.

    Few different statements are then enough. Every statement gives up the interpreter
    once, and beside a busy thread it may take long to get it back: a statement a row
    would be slow.
    """
    start = 0
    while start < len(rows):
        left = len(rows) - start
        length = min(1 << (left.bit_length() - 1), MAX_ROWS)
        yield rows[start : start + length]
        start += length
