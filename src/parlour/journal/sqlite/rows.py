"""The rows of a history in a file, and how one knows that they are whole."""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from zlib import crc32

from parlour.core.events import Message, RoomName
from parlour.history.retention import utf8_size

from ..timestamps import from_microseconds

SEQUENCE_BITS: Final = 40
MAX_SEQUENCE: Final = (1 << SEQUENCE_BITS) - 1
MAX_ROOMS: Final = (1 << 23) - 1  # a place is a signed number of 64 bits

MESSAGES: Final = "SELECT place, time, start, source, text, checksum FROM message "
ROOMS: Final = "SELECT id, name, floor, bytes, indexed, checksum FROM room "


class Row(NamedTuple):
    """A message as it is kept."""

    place: int
    time: int
    start: int
    source: str
    text: str
    checksum: int

    @property
    def sequence(self) -> int:
        return self.place & MAX_SEQUENCE

    @property
    def end(self) -> int:
        """How many bytes were said in the room up to and with this message."""
        return self.start + utf8_size(self.source) + utf8_size(self.text)

    @property
    def is_whole(self) -> bool:
        """Whether the row is as it was written."""
        return self.checksum == crc32(signed(*self[:5]))

    def message(self, room: RoomName) -> Message:
        return Message(
            room, self.sequence, from_microseconds(self.time), self.source, self.text
        )


def signed(place: int, time: int, start: int, source: str, text: str) -> bytes:
    """Return what a checksum is made of."""
    return f"{place}\0{time}\0{start}\0{source}\0{text}".encode()


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as it is kept; `schema-1.sql` tells what the columns mean."""

    id: int
    name: RoomName
    floor: int = 0
    bytes: int = 0
    indexed: int = 0
    checksum: int = 0

    def place(self, sequence: int) -> int:
        """Return the place of a message of this room."""
        return self.id << SEQUENCE_BITS | sequence

    @property
    def sum(self) -> int:
        """What the checksum has to be."""
        fields = f"{self.id}\0{self.name}\0{self.floor}\0{self.bytes}\0{self.indexed}"
        return crc32(fields.encode())

    @property
    def is_whole(self) -> bool:
        """Whether the row is as it was written."""
        return self.checksum == self.sum

    def moved(self, *, floor: int, bytes: int, indexed: int) -> "RoomRow":  # noqa: A002
        """Return the row for a room of which more was deleted, or indexed."""
        row = replace(self, floor=floor, bytes=bytes, indexed=indexed)
        return row.sealed()

    def sealed(self) -> "RoomRow":
        """Return the row with its checksum."""
        return replace(self, checksum=self.sum)
