"""Numbers the messages of one batch, and writes the batch to the file."""

import sqlite3
from collections.abc import Iterator, Sequence
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
    InvitationEntry,
    OrderEntry,
    RoomClosed,
    RoomOpened,
    Said,
    Shut,
    TextsErased,
    TopicSet,
    batch_time,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.order_rules import single_erasures
from parlour.core.storage import Numbering, StorageError

from ..accounts import AccountChanges, Accounts, entered_rooms
from ..invitations import InvitationChanges, Invitations
from ..order import OrderChanges, RoomSettings, Sanctions, changed_room, without_role
from ..timestamps import to_microseconds
from . import accounts as account_tables
from . import sanctions as sanction_table
from .acts import ActNumbers, write_acts
from .erasures import erase_message, erasure_row, insert_erasure
from .holes import INSERT_HOLES, HoleRow, hole_row
from .invitations import write_invitations
from .room_roles import write_roles
from .rooms import Rooms, RoomState, delete_room, set_numbers
from .rows import (
    MAX_ROOMS,
    MAX_SEQUENCE,
    MessageRow,
    RoomRow,
    author_checksum_input,
    checksum_input,
    insert_room,
    update_room,
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
    accounts: Accounts
    sanctions: Sanctions
    acts: ActNumbers
    invitations: Invitations


class BatchRows:
    """The rows of the durable entries of *batch*, which are not committed.

    What is *stored* changes only in `apply`, after a commit. `changed` are the states
    that the rooms have then.
    """

    def __init__(self, stored: Stored, batch: Batch, numbering: Numbering) -> None:
        self._stored, self._numbering = stored, numbering
        self._rooms = rooms = stored.rooms
        time = batch_time(batch.time)
        self._time = to_microseconds(time)
        self._accounts = AccountChanges(stored.accounts, time, self._head)
        self._order = OrderChanges(
            stored.sanctions, self._accounts, stored.acts.last, time
        )
        self._acts = stored.acts
        self._invitations = InvitationChanges(stored.invitations, self._accounts, time)
        self._last_number = rooms.last_number
        self.changed: dict[RoomName, RoomState] = {}
        self._closed: dict[RoomName, RoomState] = {}  # without messages: deleted
        self._messages: list[tuple[Value, ...]] = []
        self._holes: list[HoleRow] = []
        self._keys: list[tuple[Value, ...]] = []
        self._erasures: list[tuple[RoomName, MessageRow]] = []
        self._add(batch.entries)

    @property
    def is_empty(self) -> bool:
        """Whether the batch has no durable entry that changes anything."""
        has_rooms = self.changed or self._closed or self._has_new_numbers
        has_order = self._order.has_sanctions or self._order.acts
        has_others = has_order or self._invitations.has_any
        return not (has_rooms or self._accounts.has_changes or has_others)

    @property
    def has_erased(self) -> bool:
        """Whether the batch erases messages."""
        return bool(self._erasures)

    @property
    def _has_new_numbers(self) -> bool:
        return self._last_number != self._rooms.last_number

    def write(self, db: sqlite3.Connection) -> None:
        """Write the rows, inside a transaction of the caller."""
        self._write_rooms(db)
        if self._accounts.has_changes:
            self._write_accounts(db)
        if self._order.has_sanctions:
            self._write_sanctions(db)
        if self._invitations.has_any:
            write_invitations(db, self._invitations)
        if self._order.acts:
            self._acts = write_acts(db, self._order.acts, self._acts)
        _insert(db, INSERT_MESSAGES, self._messages)
        _insert(db, INSERT_HOLES, self._holes)
        _insert(db, INSERT_KEYS, self._keys)
        for name, row in self._erasures:
            insert_erasure(db, row)
            assert row.target is not None
            erase_message(db, self.changed[name].row, row.target)

    def apply(self) -> None:
        """Update what is stored, after the batch was committed."""
        for name in self._closed:
            del self._rooms.by_name[name]
        self._rooms.by_name.update(self.changed)
        self._rooms.last_number = self._last_number
        self._accounts.apply()
        self._order.apply()
        self._invitations.apply()
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
                current, room = name, self._changed_room(name)
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
        if any(room.head > MAX_SEQUENCE for room in self.changed.values()):
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
                room = self._changed_room(entry.room)
                room.row = room.row.with_topic(entry.topic)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                self._change_account(entry)
            case Shut():
                known = self._known_room(entry.room)
                self._order.add(entry, known.settings if known else RoomSettings())
                self._invitations.delete_room(entry.room)
                self._close_room(entry.room)
            case _ if isinstance(entry, ORDER_ENTRIES):
                self._keep_order(entry)
                if isinstance(entry, Erased):
                    self._erase(entry)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                self._invite(entry)
            case _:
                raise TypeError(f"{type(entry).__name__} is not stored")

    def _change_account(self, entry: AccountEntry) -> None:
        if isinstance(entry, AccountDirectOpened):
            self._open_direct(entry)
        for name in entered_rooms(entry):
            self._changed_room(name)
        self._invitations.add_account_entry(entry)
        self._accounts.add(entry)
        self._order.add_account_entry(entry)
        if isinstance(entry, AccountErased):
            self._erase_roles(entry.account)
        if isinstance(entry, TextsErased):
            for each in single_erasures(entry):
                self._erase(each)

    def _erase_roles(self, account: AccountNumber) -> None:
        """Erase the roles of an account that is erased."""
        for name, room in (self._rooms.by_name | self.changed).items():
            settings = without_role(room.settings, account)
            if settings != room.settings and name not in self._closed:
                self._changed_room(name).change(settings)

    def _erase(self, entry: Erased) -> None:
        """Add the row of an erasure, which takes the next sequence."""
        room = self._changed_room(entry.room)
        sequence = self._numbering(room.head)
        if sequence != room.head + 1:
            self._add_hole(room, sequence)
        row = erasure_row(room.row, sequence, self._time, room.bytes, entry)
        room.head, room.bytes = sequence, row.end
        room.count += 1
        self._erasures.append((entry.room, row))

    def _open_room(self, entry: RoomOpened) -> None:
        name = entry.room
        is_known = self._known_room(name) is not None
        room = self._changed_room(name)
        if room.row.is_closed:
            room.row = room.row.opened()
        if not is_known and name != LOBBY:
            room.change(self._order.open_room(entry))

    def _open_direct(self, entry: AccountDirectOpened) -> None:
        is_known = self._known_room(entry.room) is not None
        room = self._changed_room(entry.room)
        if room.row.is_closed:
            room.row = room.row.opened()
        if not is_known:
            room.row = room.row.with_pair(*sorted((entry.account, entry.other)))

    def _known_room(self, name: RoomName) -> RoomState | None:
        """Return the room *name* as it is within the batch, or None."""
        return self.changed.get(name) or self._stored_room(name)

    def _head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room, within the batch."""
        room = self._known_room(name)
        return 0 if room is None else room.head

    def _keep_order(self, entry: OrderEntry) -> None:
        name = changed_room(entry)
        if name is None:
            self._order.add(entry, RoomSettings())
        else:
            room = self._changed_room(name)
            room.change(self._order.add(entry, room.settings))

    def _invite(self, entry: InvitationEntry) -> None:
        self._invitations.add(entry)
        self._order.note_invitation(entry)

    def _close_room(self, name: RoomName) -> None:
        stored = self._stored_room(name)
        if name == LOBBY or (stored is None and name not in self.changed):
            return
        room = self._changed_room(name)
        if room.head:
            room.row = room.row.closed()
            return
        del self.changed[name]
        if stored is not None:
            self._closed[name] = stored
        self._accounts.delete_rooms({name})
        self._order.delete_room(name)
        self._invitations.delete_room(name)

    def _stored_room(self, name: RoomName) -> RoomState | None:
        """Return the room *name* if it has a row that this batch does not delete."""
        return None if name in self._closed else self._rooms.by_name.get(name)

    def _changed_room(self, name: RoomName) -> RoomState:
        """Return this batch's copy of the room's state."""
        room = self.changed.get(name)
        if room is None:
            stored = self._stored_room(name)
            room = self._new_room(name) if stored is None else stored.copy()
            self.changed[name] = room
        return room

    def _new_room(self, name: RoomName) -> RoomState:
        number = self._rooms.lobby_number
        if name != LOBBY:
            number = self._last_number = self._last_number + 1
        if number > MAX_ROOMS:
            reason = "the history cannot number more rooms"
            raise StorageError("storage_full", reason)
        return RoomState(RoomRow(number, name).with_checksum(), 0, 0, 0, 0)

    def _write_rooms(self, db: sqlite3.Connection) -> None:
        new = 0
        for room in self._closed.values():
            delete_room(db, room.row)
        for name, room in self.changed.items():
            stored = self._stored_room(name)
            if stored is None:
                insert_room(db, room.row)
                new += 1
            elif stored.row is not room.row:
                update_room(db, room.row)
            if room.roles is not (() if stored is None else stored.roles):
                write_roles(db, room.row.id, room.roles)
        if new or self._closed or self._has_new_numbers:
            count = len(self._rooms.by_name) - len(self._closed) + new
            set_numbers(db, count, self._last_number)

    def _write_accounts(self, db: sqlite3.Connection) -> None:
        for number, account in self._accounts.changed.items():
            if read := self._accounts.read.get(number):
                account_tables.write_reads(db, account, read, self._room_id)
            else:
                account_tables.write_account(db, account, self._room_id)
        for number in sorted(self._accounts.erased):
            account_tables.delete_account(db, number)
        account_tables.set_numbers(db, *self._accounts.numbers)

    def _write_sanctions(self, db: sqlite3.Connection) -> None:
        order = self._order
        sanction_table.write_sanctions(db, order.added, order.removed)
        sanction_table.set_numbers(db, order.count, order.last_number)

    def _room_id(self, name: RoomName) -> int:
        """Return the id that the room *name* has after the batch."""
        room = self.changed.get(name) or self._rooms.by_name[name]
        return room.row.id


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
