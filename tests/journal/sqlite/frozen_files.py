"""Files that older programs wrote.

`frozen/schema-1.db` was written by release 1. Its lobby had 34 messages, of which the
last 20 are stored; "verona" has five, and "mantua" has one. The last message of the
lobby is not indexed. `frozen/schema-2.db` was written before there were accounts. It
has the same messages, tokens for the keys of the lobby with odd numbers, and "padua",
which is closed, has a topic, and has four messages with holes between them.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StoredRoom
from tests.journal.stores import MANTUA, VERONA

DIRECTORY = Path(__file__).with_name("frozen")
PADUA = RoomName("padua")
EPOCH = "240000775bb550087c4b9cab178c9b48"
LOBBY_TEXTS = [
    *[f"line {number}" for number in range(15, 31)],
    "příliš žluťoučký kůň 🐴",
    "我喜欢咖啡",
    "a\nb",
    "not indexed",
]
VERONA_TEXTS = [f"verona {number}" for number in range(1, 6)]
ROOMS = (StoredRoom(LOBBY, 1, 34), StoredRoom(VERONA, 2, 5), StoredRoom(MANTUA, 3, 1))
SHUT = StoredRoom(PADUA, 4, 6, "shut", is_open=False)


class Frozen(NamedTuple):
    """What the frozen file of one schema contains."""

    version: int
    token: str
    """The token of the key of message 1 of the lobby."""
    closed: tuple[StoredRoom, ...]
    """The rooms that the frozen file of the first schema does not have."""
    size: int
    """The stored messages."""

    @property
    def rooms(self) -> tuple[StoredRoom, ...]:
        return (*ROOMS, *self.closed)

    def copy_to(self, path: Path) -> Path:
        return Path(shutil.copyfile(DIRECTORY / f"schema-{self.version}.db", path))


FIRST = Frozen(1, "", (), 26)
SECOND = Frozen(2, "t", (SHUT,), 30)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        ((found,),) = db.execute("PRAGMA user_version")
    assert isinstance(found, int)
    return found
