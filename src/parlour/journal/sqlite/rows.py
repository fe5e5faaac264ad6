"""The rows of the file, and the checksums that detect changed rows."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from zlib import crc32

from parlour.core.events import AccountNumber, Erased, Message, RoomName
from parlour.history.retention import utf8_size

from ..order import RoomSettings
from ..timestamps import from_microseconds

SEQUENCE_BITS: Final = 40
MAX_SEQUENCE: Final = (1 << SEQUENCE_BITS) - 1
MAX_ROOMS: Final = (1 << 23) - 1  # a place is a signed 64-bit number

SELECT_MESSAGES: Final = (
    "SELECT place, time, start, source, text, checksum, account, erased, target "
    "FROM message"
)
SELECT_MESSAGE: Final = f"{SELECT_MESSAGES} WHERE place = ?"
SELECT_ROOMS: Final = (
    "SELECT id, name, floor, bytes, indexed, checksum, topic, is_closed, is_locked, "
    "slow, roles, is_private, one, other FROM room"
)
INSERT_ROOM: Final = """
INSERT INTO room (id, name, floor, bytes, indexed, checksum, topic, is_closed,
is_locked, slow, roles, is_private, one, other)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
UPDATE_ROOM: Final = """
UPDATE room SET floor = ?, bytes = ?, indexed = ?, checksum = ?, topic = ?,
is_closed = ?, is_locked = ?, slow = ?, roles = ?, is_private = ? WHERE id = ?
"""


class MessageRow(NamedTuple):
    """A row of the table `message`; the schemas describe the columns."""

    place: int
    time: int
    start: int
    source: str
    text: str
    checksum: int
    account: int | None = None
    erased: int | None = None
    target: int | None = None

    @property
    def sequence(self) -> int:
        return self.place & MAX_SEQUENCE

    @property
    def size(self) -> int:
        """The bytes of the source and the text."""
        return utf8_size(self.source) + utf8_size(self.text)

    @property
    def end(self) -> int:
        """The bytes recorded in the room up to and including this message."""
        return self.start + self.size + (self.erased or 0)

    @property
    def expected_checksum(self) -> int:
        """The checksum of the other columns."""
        data = checksum_input(*self[:5]) + author_checksum_input(self.account)
        if self.erased is not None or self.target is not None:
            for each in (self.erased, self.target):
                data += b"\0" if each is None else f"\0{each}".encode()
        return crc32(data)

    @property
    def is_intact(self) -> bool:
        """Whether the row matches its checksum."""
        return self.checksum == self.expected_checksum

    @property
    def is_message(self) -> bool:
        """Whether it is a message, erased or not, and no erasure."""
        return self.target is None

    def erase(self) -> "MessageRow":
        """Return the row of the message once it is erased."""
        row = self._replace(text="", erased=utf8_size(self.text))
        return row._replace(checksum=row.expected_checksum)

    def message(self, room: RoomName) -> Message:
        time, is_erased = from_microseconds(self.time), self.erased is not None
        sequence, source, text = self.sequence, self.source, self.text
        account = AccountNumber(self.account or 0)
        message = Message(room, sequence, time, source, text, account)
        return message.erased() if is_erased else message

    def erasure(self, room: RoomName, name: str) -> Erased:
        """Return the erasure; *name* is the author of the message, or empty."""
        assert self.target is not None, "it is no message"
        time = from_microseconds(self.time)
        return Erased(room, self.sequence, time, self.target, self.source, name)


def checksum_input(place: int, time: int, start: int, source: str, text: str) -> bytes:
    """Return the bytes of the columns that every message has, for its checksum."""
    return f"{place}\0{time}\0{start}\0{source}\0{text}".encode()


def author_checksum_input(account: int | None) -> bytes:
    """Return the bytes that the checksum covers after those: of an account, if any."""
    return b"" if account is None else f"\0{account}".encode()


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A row of the table `room`; the schemas describe the columns."""

    id: int
    name: RoomName
    floor: int = 0
    bytes: int = 0
    indexed: int = 0
    checksum: int = 0
    topic: str | None = None
    is_closed: int | None = None
    is_locked: int | None = None
    slow: int | None = None
    roles: int | None = None
    is_private: int | None = None
    one: int | None = None
    other: int | None = None

    def place(self, sequence: int) -> int:
        """Return the place of the message *sequence* of this room."""
        return self.id << SEQUENCE_BITS | sequence

    @property
    def is_direct(self) -> bool:
        """Whether it is the room of two accounts, *one* and *other*."""
        return (self.one, self.other) != (None, None)

    @property
    def expected_checksum(self) -> int:
        """The checksum of the other columns."""
        fields = f"{self.id}\0{self.name}\0{self.floor}\0{self.bytes}\0{self.indexed}"
        settings = self.is_locked, self.slow, self.roles, self.is_private
        has_settings = any(each is not None for each in settings)
        if self.topic is not None or self.is_closed is not None or has_settings:
            fields += f"\0{self.topic or ''}\0{self.is_closed or 0}"
        if has_settings:
            fields += "".join(f"\0{each or 0}" for each in settings)
        if self.is_direct:
            fields += f"\0{self.one}\0{self.other}"
        return crc32(fields.encode())

    @property
    def is_intact(self) -> bool:
        """Whether the row matches its checksum."""
        return self.checksum == self.expected_checksum

    def updated(self, *, floor: int, bytes: int, indexed: int) -> "RoomRow":  # noqa: A002
        """Return the row after messages were deleted or indexed."""
        row = replace(self, floor=floor, bytes=bytes, indexed=indexed)
        return row.with_checksum()

    def with_topic(self, topic: str) -> "RoomRow":
        """Return the row with *topic*, which may be empty."""
        return replace(self, topic=topic or None).with_checksum()

    def with_settings(self, settings: RoomSettings) -> "RoomRow":
        """Return the row with *settings*, and the number of their roles."""
        return replace(
            self,
            is_locked=int(settings.is_locked) or None,
            slow=settings.slow or None,
            roles=len(settings.roles) or None,
            is_private=int(settings.is_private) or None,
        ).with_checksum()

    def with_pair(self, one: int, other: int) -> "RoomRow":
        """Return the row of the direct room of two accounts."""
        return replace(self, one=one, other=other).with_checksum()

    def opened(self) -> "RoomRow":
        """Return the row of the room as an open one."""
        return replace(self, is_closed=None).with_checksum()

    def closed(self) -> "RoomRow":
        """Return the row of the room as a closed one."""
        return replace(self, is_closed=1).with_checksum()

    def with_checksum(self) -> "RoomRow":
        """Return the row with the checksum of its other columns."""
        return replace(self, checksum=self.expected_checksum)


def insert_room(db: sqlite3.Connection, row: RoomRow) -> None:
    """Store the new *row*."""
    fields = row.id, row.name, row.floor, row.bytes, row.indexed, row.checksum
    state = row.topic, row.is_closed, row.is_locked, row.slow, row.roles
    db.execute(INSERT_ROOM, (*fields, *state, row.is_private, row.one, row.other))


def update_room(db: sqlite3.Connection, row: RoomRow) -> RoomRow:
    """Store *row*, and return it."""
    fields = row.floor, row.bytes, row.indexed, row.checksum
    state = row.topic, row.is_closed, row.is_locked, row.slow, row.roles
    db.execute(UPDATE_ROOM, (*fields, *state, row.is_private, row.id))
    return row
