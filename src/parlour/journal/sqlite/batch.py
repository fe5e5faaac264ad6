"""Numbers the messages of one batch, and writes the batch to the file."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    DURABLE,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    AccountDirectOpened,
    AccountEntry,
    AccountErased,
    Batch,
    Entry,
    Erased,
    OrderEntry,
    RoomClosed,
    RoomOpened,
    Said,
    Shut,
    TextsErased,
    TopicSet,
    batch_time,
)
from parlour.core.events import LOBBY, RoomName
from parlour.core.order_rules import single_erasures
from parlour.core.storage import Numbering, StorageError

from ..accounts import entered_rooms
from ..changes import Changes, People
from ..order import NO_SETTINGS, changed_room
from ..timestamps import to_microseconds
from .acts import ActNumbers, write_acts
from .erasures import erase_message, erasure_row, insert_erasure
from .holes import INSERT_HOLES, HoleRow, hole_row
from .people import write_changes
from .room_changes import RoomChanges
from .rooms import Rooms, RoomState
from .rows import (
    MAX_SEQUENCE,
    MessageRow,
    author_checksum_input,
    checksum_input,
)

MAX_ROWS: Final = 256  # per statement; more are not faster, and take long to prepare

INSERT_MESSAGES: Final = (
    "INSERT INTO message (place, time, start, source, text, checksum, account) VALUES "
)
INSERT_KEYS: Final = "INSERT INTO key (key, place, time, token) VALUES "

Value = int | str | None


@dataclass(slots=True)
class Stored:
    """What is stored in a file besides messages, as the writer keeps it in memory."""

    rooms: Rooms
    people: People
    acts: ActNumbers


class BatchRows:
    """The rows of the durable entries of *batch*, which are not committed.

    What is *stored* changes only in `apply`, after a commit.
    """

    def __init__(self, stored: Stored, batch: Batch, numbering: Numbering) -> None:
        self._stored, self._numbering = stored, numbering
        time = batch_time(batch.time)
        self._time = to_microseconds(time)
        self._rooms = RoomChanges(stored.rooms)
        self._acts = stored.acts
        rooms, last_act = self._rooms, stored.acts.last
        self._changes = Changes(
            stored.people, rooms.head, rooms.settings, last_act, time
        )
        self._messages: list[tuple[Value, ...]] = []
        self._holes: list[HoleRow] = []
        self._keys: list[tuple[Value, ...]] = []
        self._erasures: list[tuple[RoomName, MessageRow]] = []
        self._add(batch.entries)

    @property
    def is_empty(self) -> bool:
        """Whether the batch has no durable entry that changes anything."""
        return not (self._rooms.has_any or self._changes.has_any)

    @property
    def has_erased(self) -> bool:
        """Whether the batch erases messages."""
        return bool(self._erasures)

    @property
    def changed_rooms(self) -> Mapping[RoomName, RoomState]:
        """The states that the changed rooms have after the batch."""
        return self._rooms.changed

    def write(self, db: sqlite3.Connection) -> None:
        """Write the rows, inside a transaction of the caller."""
        self._rooms.write(db)
        write_changes(db, self._changes, self._rooms.row_id)
        if acts := self._changes.acts.added:
            self._acts = write_acts(db, acts, self._acts)
        _insert(db, INSERT_MESSAGES, self._messages)
        _insert(db, INSERT_HOLES, self._holes)
        _insert(db, INSERT_KEYS, self._keys)
        for name, row in self._erasures:
            insert_erasure(db, row)
            assert row.target is not None
            erase_message(db, self._rooms.changed[name].row, row.target)

    def apply(self) -> None:
        """Update what is stored, after the batch was committed."""
        self._rooms.apply()
        self._changes.apply()
        self._stored.acts = self._acts

    def _add(self, entries: Sequence[Entry]) -> None:
        """Add the rows of *entries*, and number their messages."""
        moment, numbering, messages = self._time, self._numbering, self._messages
        current, room = None, None
        for entry in entries:
            if type(entry) is not Said:
                if isinstance(entry, DURABLE):
                    current, room = None, None
                    self._change(entry)
                continue
            name, source, text = entry.room, entry.source, entry.text
            if room is None or name != current:
                current, room = name, self._rooms.change(name)
            sequence, start = numbering(room.head), room.bytes
            place = room.row.place(sequence)
            data = checksum_input(place, moment, start, source, text)
            if sequence != room.head + 1:
                self._add_hole(room, sequence)
            room.head = sequence
            room.count += 1
            # The prefix of the data is ASCII, so this is the size of source and text.
            room.bytes += len(data) - len(f"{place}\0{moment}\0{start}\0\0")
            account = entry.account or None
            if account is not None:
                data += author_checksum_input(account)
            messages.append((place, moment, start, source, text, crc32(data), account))
            if entry.key:
                self._keys.append((entry.key, place, moment, entry.token or None))
        if any(room.head > MAX_SEQUENCE for room in self._rooms.changed.values()):
            raise StorageError("storage_full", "the room cannot number more messages")

    def _add_hole(self, room: RoomState, sequence: int) -> None:
        """Add the hole between the last message of *room* and *sequence*."""
        if sequence <= room.head:
            raise ValueError(f"the sequence {sequence} does not follow {room.head}")
        size, total = sequence - room.head - 1, sequence - room.count - 1
        self._holes.append(hole_row(room.row.place(sequence), size, total))

    def _change(self, entry: Entry) -> None:
        match entry:
            case RoomOpened():
                self._open_room(entry)
            case RoomClosed():
                self._close_room(entry.room)
            case TopicSet():
                room = self._rooms.change(entry.room)
                room.row = room.row.with_topic(entry.topic)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                self._change_account(entry)
            case _ if isinstance(entry, ORDER_ENTRIES):
                self._keep_order(entry)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                self._changes.add_invitation_entry(entry)
            case _:
                raise TypeError(f"{type(entry).__name__} is not stored")

    def _open_room(self, entry: RoomOpened) -> None:
        is_new = self._rooms.get(entry.room) is None
        room = self._rooms.open(entry.room)
        if is_new and entry.room != LOBBY:
            room.change(self._changes.order.open_room(entry))

    def _open_direct(self, entry: AccountDirectOpened) -> None:
        is_new = self._rooms.get(entry.room) is None
        room = self._rooms.open(entry.room)
        if is_new:
            room.row = room.row.with_pair(*sorted((entry.account, entry.other)))

    def _close_room(self, name: RoomName) -> None:
        if self._rooms.close(name):
            self._changes.delete_rooms({name})

    def _change_account(self, entry: AccountEntry) -> None:
        if isinstance(entry, AccountDirectOpened):
            self._open_direct(entry)
        for name in entered_rooms(entry):
            self._rooms.change(name)
        self._changes.add_account_entry(entry)
        if isinstance(entry, AccountErased):
            self._rooms.erase_roles(entry.account)
        if isinstance(entry, TextsErased):
            for each in single_erasures(entry):
                self._erase(each)

    def _keep_order(self, entry: OrderEntry) -> None:
        if (name := changed_room(entry)) is not None:
            room = self._rooms.change(name)
            room.change(self._changes.add_order_entry(entry, room.settings))
        elif isinstance(entry, Shut):
            settings = self._rooms.settings(entry.room)
            self._changes.add_order_entry(entry, settings)
            self._close_room(entry.room)
        else:
            self._changes.add_order_entry(entry, NO_SETTINGS)
            if isinstance(entry, Erased):
                self._erase(entry)

    def _erase(self, entry: Erased) -> None:
        """Add the row of an erasure, which takes the next sequence."""
        room = self._rooms.change(entry.room)
        sequence = self._numbering(room.head)
        if sequence != room.head + 1:
            self._add_hole(room, sequence)
        row = erasure_row(room.row, sequence, self._time, room.bytes, entry)
        room.head, room.bytes = sequence, row.end
        room.count += 1
        self._erasures.append((entry.room, row))


def _insert(
    db: sqlite3.Connection, statement: str, rows: Sequence[tuple[Value, ...]]
) -> None:
    """Insert *rows* in chunks whose lengths are powers of two.

    The number of different statements therefore stays small, and all of them can be
    cached. One statement per row would be slow: each statement releases the GIL, and
    while another thread is busy, reacquiring it can take milliseconds.
    """
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    for chunk in _chunks(rows):
        places = ", ".join([one] * len(chunk))
        db.execute(statement + places, [value for row in chunk for value in row])


def _chunks(rows: Sequence[tuple[Value, ...]]) -> Iterator[Sequence[tuple[Value, ...]]]:
    start = 0
    while start < len(rows):
        left = len(rows) - start
        length = min(1 << (left.bit_length() - 1), MAX_ROWS)
        yield rows[start : start + length]
        start += length
