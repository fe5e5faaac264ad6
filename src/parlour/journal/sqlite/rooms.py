"""The state of each room, which the writer keeps in memory."""

import sqlite3
from collections.abc import Iterator
from typing import Final, NamedTuple

from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.storage import StoredRoom

from ..order import RoomSettings, StoredRoles
from ..timestamps import from_microseconds
from .errors import storage_error
from .holes import StoredHoles
from .room_roles import delete_roles, load_roles
from .rows import MessageRow, RoomRow

# One statement for all rooms, because there may be many.
LOAD_ROOMS: Final = """
SELECT room.id, name, floor, bytes, indexed, room.checksum, topic, is_closed,
is_locked, slow, roles, is_private, one, other,
oldest.place, oldest.time, oldest.start, oldest.source, oldest.text, oldest.checksum,
oldest.account, oldest.erased, oldest.target,
newest.place, newest.time, newest.start, newest.source, newest.text, newest.checksum,
newest.account, newest.erased, newest.target
FROM room
LEFT JOIN message AS oldest ON oldest.place = (
    SELECT min(place) FROM message
    WHERE place BETWEEN room.id << 40 AND ((room.id + 1) << 40) - 1)
LEFT JOIN message AS newest ON newest.place = (
    SELECT max(place) FROM message
    WHERE place BETWEEN room.id << 40 AND ((room.id + 1) << 40) - 1)
ORDER BY room.id
"""
ROOM_FIELDS: Final = 14  # of those
MESSAGE_FIELDS: Final = 9
COUNT_USED_ROOMS: Final = """
WITH RECURSIVE used (id) AS (
    SELECT min(place) >> 40 FROM message
    UNION ALL
    SELECT (SELECT min(place) >> 40 FROM message WHERE place >= (used.id + 1) << 40)
    FROM used WHERE used.id IS NOT NULL)
SELECT count(id) FROM used
"""
HAS_HOLES: Final = "SELECT EXISTS (SELECT 1 FROM hole)"
SELECT_NUMBERS: Final = "SELECT rooms, last_room FROM about"
SET_NUMBERS: Final = "UPDATE about SET rooms = ?, last_room = ?"
DELETE_ROOM: Final = "DELETE FROM room WHERE id = ?"


class RoomState:
    """A room's row, its last sequence *head*, and what was recorded in it so far.

    *bytes* and *count* are those of all its messages, *deleted* of them included.
    *roles* are those in the room; its row has the other settings.
    """

    __slots__ = ("bytes", "count", "deleted", "head", "roles", "row")

    def __init__(
        self,
        row: RoomRow,
        head: int,
        bytes: int,  # noqa: A002
        count: int,
        deleted: int,
        roles: StoredRoles = (),
    ) -> None:
        self.row, self.head, self.bytes = row, head, bytes
        self.count, self.deleted, self.roles = count, deleted, roles

    @property
    def stored(self) -> int:
        """The number of stored messages."""
        return self.count - self.deleted

    def copy(self) -> "RoomState":
        """Return an equal state, which a batch can change."""
        return RoomState(
            self.row, self.head, self.bytes, self.count, self.deleted, self.roles
        )

    @property
    def settings(self) -> RoomSettings:
        """What the entries that keep order have changed in the room."""
        row = self.row
        is_locked, is_private = bool(row.is_locked), bool(row.is_private)
        return RoomSettings(self.roles, is_locked, row.slow or 0, is_private)

    @property
    def pair(self) -> tuple[AccountNumber, AccountNumber] | None:
        """The two accounts of a direct room."""
        one, other = self.row.one, self.row.other
        if one is None or other is None:
            return None
        return AccountNumber(one), AccountNumber(other)

    def change(self, settings: RoomSettings) -> None:
        """Change the settings of the room."""
        if settings != self.settings:
            self.row, self.roles = self.row.with_settings(settings), settings.roles


class Rooms:
    """The rooms of a file, and the numbers for new ones.

    The number of the lobby is reserved for it.
    """

    def __init__(self, rooms: dict[RoomName, RoomState], last_number: int) -> None:
        self.by_name = rooms
        self.lobby_number = 1
        if LOBBY in rooms:
            self.lobby_number = rooms[LOBBY].row.id
        elif 1 in self.names():  # an import by an older program
            self.lobby_number = last_number + 1
        self.last_number = max(last_number, self.lobby_number)

    def names(self) -> dict[int, RoomName]:
        """Return the name of each room by its id."""
        return {room.row.id: name for name, room in self.by_name.items()}

    def stored(self) -> Iterator[StoredRoom]:
        """Yield each room as `load` returns it, and the lobby, in order of numbers."""
        rooms = [
            StoredRoom(
                name,
                room.row.id,
                room.head,
                room.row.topic or "",
                not room.row.is_closed,
                *room.settings,
                pair=room.pair,
            )
            for name, room in self.by_name.items()
        ]
        if LOBBY not in self.by_name:
            rooms.append(StoredRoom(LOBBY, self.lobby_number, 0))
        return iter(sorted(rooms, key=lambda room: room.number))


class LoadedRooms(NamedTuple):
    """The rooms of a file, and the times of their outermost messages."""

    rooms: Rooms
    times: dict[RoomName, tuple[int, int]]
    """For each room with messages, the times of the first and last one, as stored."""

    @property
    def newest(self) -> float | None:
        """The wall time of the newest message of all rooms."""
        newest = max((last for _, last in self.times.values()), default=None)
        return None if newest is None else from_microseconds(newest)


def load_rooms(db: sqlite3.Connection) -> LoadedRooms:
    """Return the rooms. Raises StorageError if one of them is damaged."""
    (has_holes,) = db.execute(HAS_HOLES).fetchone()
    rooms: dict[RoomName, RoomState] = {}
    times: dict[RoomName, tuple[int, int]] = {}
    for fields in db.execute(LOAD_ROOMS):
        row, rest = RoomRow(*fields[:ROOM_FIELDS]), fields[ROOM_FIELDS:]
        outermost = _message(rest[:MESSAGE_FIELDS]), _message(rest[MESSAGE_FIELDS:])
        rooms[row.name] = _load_room(db, row, *outermost, has_holes=bool(has_holes))
        first, last = outermost
        if first and last:
            times[row.name] = first.time, last.time
    roles = load_roles(db, [room.row for room in rooms.values()])
    for room in rooms.values():
        room.roles = roles.get(room.row.id, ())
    last_number = _require_all_rooms(db, rooms, len(times))
    return LoadedRooms(Rooms(rooms, last_number), times)


def set_numbers(db: sqlite3.Connection, rooms: int, last_number: int) -> None:
    """Store how many rooms there are, and the last number that was used."""
    db.execute(SET_NUMBERS, (rooms, last_number))


def delete_room(db: sqlite3.Connection, row: RoomRow) -> None:
    """Delete the room *row*, which has no messages, and the roles in it."""
    db.execute(DELETE_ROOM, (row.id,))
    if row.roles:
        delete_roles(db, row.id)


def _message(
    fields: tuple[int, int, int, str, str, int, int | None, int | None, int | None],
) -> MessageRow | None:
    return None if fields[0] is None else MessageRow(*fields)


def _require_all_rooms(
    db: sqlite3.Connection, rooms: dict[RoomName, RoomState], used: int
) -> int:
    """Raise StorageError if a room is missing; return the last number that was used.

    *used* is the number of rooms with messages.
    """
    ids = [room.row.id for room in rooms.values()]
    about = db.execute(SELECT_NUMBERS).fetchone()
    (found,) = db.execute(COUNT_USED_ROOMS).fetchone()
    if about is None or found != used:
        raise storage_error("history_damaged")
    count, last = about
    if count is None or last is None:
        count, last = len(ids), max(ids, default=0)
        is_complete = ids == list(range(1, count + 1))
    else:
        is_complete = len(ids) == count and max(ids, default=0) <= last
    if not is_complete:
        raise storage_error("history_damaged")
    assert isinstance(last, int)
    return last


def _load_room(
    db: sqlite3.Connection,
    row: RoomRow,
    oldest: MessageRow | None,
    newest: MessageRow | None,
    *,
    has_holes: bool,
) -> RoomState:
    """Return the state of one room, after checking its first and last message."""
    outermost = [message for message in (oldest, newest) if message is not None]
    if not (row.is_intact and all(message.is_intact for message in outermost)):
        raise storage_error("history_damaged")
    head, end = row.floor, row.bytes
    if oldest and newest:
        head, end = newest.sequence, newest.end
        missing = oldest.sequence - row.floor - 1
        hole = StoredHoles(db, row).next(row.floor) if missing else None
        if missing and (hole is None or hole[:2] != (oldest.sequence, missing)):
            raise storage_error("history_damaged")
    if row.indexed > head:
        raise storage_error("history_damaged")
    count, deleted = head, row.floor
    if has_holes:
        holes = StoredHoles(db, row)
        count, deleted = holes.count_until(head), holes.count_until(row.floor)
    return RoomState(row, head, end, count, deleted)
