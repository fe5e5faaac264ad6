"""What a batch changes in the rooms of a file."""

import sqlite3

from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.storage import StorageError

from ..order import NO_SETTINGS, RoomSettings, without_role
from .room_roles import write_roles
from .rooms import Rooms, RoomState, delete_room, set_numbers
from .rows import MAX_ROOMS, RoomRow, insert_room, update_room


class RoomChanges:
    """The changes of one batch to *rooms*, which change only in `apply`.

    `changed` are the states that the rooms have after the batch.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._stored = rooms
        self._last_number = rooms.last_number
        self.changed: dict[RoomName, RoomState] = {}
        self._deleted: dict[RoomName, RoomState] = {}

    @property
    def has_any(self) -> bool:
        """Whether the batch changes rooms, or uses up a number."""
        return bool(self.changed or self._deleted) or self._has_new_number

    @property
    def _has_new_number(self) -> bool:
        return self._last_number != self._stored.last_number

    def get(self, name: RoomName) -> RoomState | None:
        """Return the room *name* as it is within the batch, or None."""
        return self.changed.get(name) or self._stored_room(name)

    def head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room, within the batch."""
        room = self.get(name)
        return 0 if room is None else room.head

    def settings(self, name: RoomName) -> RoomSettings:
        """Return what keeps order in a room, within the batch."""
        room = self.get(name)
        return NO_SETTINGS if room is None else room.settings

    def row_id(self, name: RoomName) -> int:
        """Return the id that the room *name* has after the batch."""
        room = self.changed.get(name) or self._stored.by_name[name]
        return room.row.id

    def change(self, name: RoomName) -> RoomState:
        """Return this batch's copy of the room's state, and create it if need be.

        Raises StorageError if there is no number left for a new room.
        """
        room = self.changed.get(name)
        if room is None:
            stored = self._stored_room(name)
            room = self._new_room(name) if stored is None else stored.copy()
            self.changed[name] = room
        return room

    def open(self, name: RoomName) -> RoomState:
        """Do what `change` does, and open the room."""
        room = self.change(name)
        if room.row.is_closed:
            room.row = room.row.opened()
        return room

    def close(self, name: RoomName) -> bool:
        """Close a room, and return whether it is deleted: it never had a message."""
        if name == LOBBY or self.get(name) is None:
            return False
        room = self.change(name)
        if room.head:
            room.row = room.row.closed()
            return False
        self.delete(name)
        return True

    def delete(self, name: RoomName) -> None:
        """Delete a room, which has no messages."""
        stored = self._stored_room(name)
        self.changed.pop(name, None)
        if stored is not None:
            self._deleted[name] = stored

    def erase_roles(self, account: AccountNumber) -> None:
        """Erase the roles of an account that is erased."""
        for name in self._stored.by_name | self.changed:
            settings = self.settings(name)
            without = without_role(settings, account)
            if without is not settings:
                self.change(name).change(without)

    def write(self, db: sqlite3.Connection) -> None:
        """Write the rows of the rooms, inside a transaction of the caller."""
        new = 0
        for room in self._deleted.values():
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
        if new or self._deleted or self._has_new_number:
            count = len(self._stored.by_name) - len(self._deleted) + new
            set_numbers(db, count, self._last_number)

    def apply(self) -> None:
        """Change the rooms, after the batch was committed."""
        for name in self._deleted:
            del self._stored.by_name[name]
        self._stored.by_name.update(self.changed)
        self._stored.last_number = self._last_number

    def _stored_room(self, name: RoomName) -> RoomState | None:
        """Return the room *name* if it has a row that this batch does not delete."""
        return None if name in self._deleted else self._stored.by_name.get(name)

    def _new_room(self, name: RoomName) -> RoomState:
        number = self._stored.lobby_number
        if name != LOBBY:
            number = self._last_number = self._last_number + 1
        if number > MAX_ROOMS:
            reason = "the history cannot number more rooms"
            raise StorageError("storage_full", reason)
        return RoomState(RoomRow(number, name).with_checksum(), 0, 0, 0, 0)
