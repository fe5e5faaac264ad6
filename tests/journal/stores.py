"""Stores to test, with entries and queries for them."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from parlour.core.entries import (
    Batch,
    Entry,
    Registered,
    RoleSet,
    Said,
    Sanctioned,
    SanctionKind,
    Target,
)
from parlour.core.events import AccountNumber, Message, RoomName, SessionId
from parlour.core.roles import Role
from parlour.core.storage import (
    After,
    Before,
    Numbering,
    Page,
    Query,
    Search,
    SearchRooms,
    StorageError,
    StoredAccount,
    StoredRoom,
    consecutive,
)
from parlour.history import History
from parlour.history.retention import Retention
from parlour.journal import Journal, Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite.opening import Failpoint, no_failpoint
from parlour.journal.sqlite.store import SQLiteStore

VERONA, MANTUA = RoomName("verona"), RoomName("mantua")
HOUR, DAY = 3_600.0, 86_400.0  # seconds
NOW = 1_700_000_000.25  # seconds: the default time of a message
ROMEO = SessionId(7)
JULIET = AccountNumber(1)  # the first account
END = 1 << 50  # a sequence after all others
ALL = 1 << 20  # a limit that no test exceeds

DEFAULT_RETENTION = Retention()
EXPORTED = (
    '{"type":"message","data":{"room":"lobby","sequence":1,'
    '"time":"2023-11-14T22:13:20.250000Z","source":"Romeo","message":"kůň \\n 🐴"}}'
)
"""A line of an export."""
WAIT = 10.0  # seconds until a test that hangs fails


def sparse(sequence: int) -> int:
    """Return the next sequence of a numbering that leaves holes."""
    return sequence + 1 + sequence % 3


class Nth:
    """The sequences of a numbering, by the number of the message in its room.

    Numbers without a message before them, such as negative ones, remain as they are.
    """

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._sequences = [0]

    def __call__(self, number: int) -> int:
        if not 0 <= number < ALL:
            return number
        while len(self._sequences) <= number:
            self._sequences.append(self._numbering(self._sequences[-1]))
        return self._sequences[number]


def said(text: str, room: RoomName = VERONA, *, key: str = "", token: str = "") -> Said:
    return Said(room, "Romeo", text, ROMEO, key, token=token)


def registered(
    name: str,
    rooms: tuple[RoomName, ...] = (),
    *,
    role: Role = Role.MEMBER,
    device: str = "",
    label: str = "",
) -> Registered:
    keys = (name.casefold(),)
    return Registered(ROMEO, name, keys, "hash", role, rooms, device, label)


def role_set(
    account: AccountNumber, role: Role, room: RoomName | None = None
) -> RoleSet:
    return RoleSet(ROMEO, "Romeo", room, account, "Juliet", role)


def sanctioned(
    kind: SanctionKind = SanctionKind.MUTE,
    room: RoomName | None = VERONA,
    target: Target = Target("Paris"),  # noqa: B008 -- it is frozen
    *,
    until: float | None = None,
    reason: str = "",
) -> Sanctioned:
    return Sanctioned(ROMEO, "Romeo", kind, room, target, until, reason)


def batch(*entries: Entry, time: float = NOW) -> Batch:
    return Batch(time, entries)


def batch_of(
    texts: Iterable[str], room: RoomName = VERONA, *, time: float = NOW
) -> Batch:
    """Return a batch of one message for each of *texts*."""
    return Batch(time, tuple(said(text, room) for text in texts))


def record(
    store: Journal,
    texts: Iterable[str],
    room: RoomName = VERONA,
    *,
    time: float = NOW,
) -> None:
    """Record *texts* as one batch of messages."""
    store.append(batch_of(texts, room, time=time))


def open_store(
    path: Path,
    retention: Retention = DEFAULT_RETENTION,
    *,
    now: float = NOW,
    failpoint: Failpoint = no_failpoint,
    numbering: Numbering = consecutive,
) -> SQLiteStore:
    """Open the store *path*, with a wall clock that always shows *now*."""
    return SQLiteStore(
        path,
        retention,
        clock=lambda: now,
        steady=lambda: 0.0,
        failpoint=failpoint,
        numbering=numbering,
    )


class Clocks:
    """A wall clock and a monotonic clock that a test controls."""

    def __init__(self, wall: float = NOW) -> None:
        self.wall, self.steady = wall, 0.0
        self.warnings: list[tuple[str, dict[str, str | float]]] = []

    def advance(self, seconds: float) -> None:
        """Advance both clocks."""
        self.wall += seconds
        self.steady += seconds

    def warn(self, event: str, /, **facts: str | float) -> None:
        self.warnings.append((event, facts))

    def open(self, kind: str, path: Path, retention: Retention) -> Store:
        """Open a store in memory, or in the file *path* if *kind* is `file`."""
        if kind == "file":
            return self.open_store(path, retention)
        return self.open_memory_store(retention)

    def open_memory_store(
        self, retention: Retention = DEFAULT_RETENTION
    ) -> MemoryStore:
        return MemoryStore(
            retention,
            clock=lambda: self.wall,
            steady=lambda: self.steady,
            warn=self.warn,
        )

    def open_store(
        self,
        path: Path,
        retention: Retention = DEFAULT_RETENTION,
        numbering: Numbering = consecutive,
    ) -> SQLiteStore:
        return SQLiteStore(
            path,
            retention,
            clock=lambda: self.wall,
            steady=lambda: self.steady,
            warn=self.warn,
            numbering=numbering,
        )


each_store = pytest.mark.parametrize("kind", ["file", "memory"])
"""Runs a test with each kind of store that `Clocks.open` opens."""


def record_daily(
    path: Path, clocks: Clocks, days: int = 5, numbering: Numbering = consecutive
) -> None:
    """Record one message a day in the history *path*: the number of the day."""
    with closing(clocks.open_store(path, numbering=numbering)) as store:
        for day in range(days):
            record(store, [str(day)], time=clocks.wall)
            clocks.advance(DAY)


def sequences(messages: Iterable[Message]) -> list[int]:
    return [each.sequence for each in messages]


def stored_room(store: Journal, room: RoomName = VERONA) -> StoredRoom | None:
    """Return what a server loads of *room*, if it is stored."""
    found = [each for each in store.load().rooms if each.name == room]
    return found[0] if found else None


def stored_account(store: Journal, account: AccountNumber = JULIET) -> StoredAccount:
    """Return what a server loads of *account*."""
    (found,) = [each for each in store.load().accounts if each.number == account]
    return found


def head(store: Journal, room: RoomName = VERONA) -> int:
    """Return the sequence of the last message of *room*, or 0."""
    found = stored_room(store, room)
    return found.sequence if found else 0


def stored_keys(store: Journal) -> list[str]:
    """Return the keys that a server loads, oldest first."""
    return [each.key for each in store.load().keys]


def count(store: History, room: RoomName = VERONA) -> int:
    """Return how many messages of *room* are stored."""
    return store.read(before(limit=0, room=room)).total


def texts(page: Page) -> list[str]:
    return [message.text for message in page.messages]


def before(sequence: int = END, limit: int = ALL, room: RoomName = VERONA) -> Query:
    return Before(room, sequence, limit)


def after(
    sequence: int, limit: int = ALL, *, head: int = END, room: RoomName = VERONA
) -> Query:
    return After(room, sequence, head, limit)


def search(words: str, *, sequence: int = END, limit: int = ALL) -> Query:
    return Search(VERONA, words, sequence, limit)


def search_rooms(words: str, *rooms: RoomName, limit: int = ALL) -> Query:
    return SearchRooms(rooms, words, limit)


def stored_texts(store: Store, room: RoomName = VERONA) -> list[str]:
    """Return the text of each stored message of *room*, page by page."""
    found: list[str] = []
    cursor = 0
    while page := store.read(after(cursor, room=room)).messages:
        found += [message.text for message in page]
        cursor = page[-1].sequence
    return found


def maintain_fully(store: Store) -> None:
    """Maintain *store* until nothing is left to do."""
    while store.maintain():
        pass


def encoded(lines: Iterable[str]) -> list[bytes]:
    """Return *lines* as an import reads them."""
    return [f"{each}\n".encode("utf-8", "surrogatepass") for each in lines]


def edit(path: Path, statement: str, values: Sequence[object] = ()) -> None:
    """Change the file of a history without using the store."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(statement, tuple(values))
    db.close()


class Answers:
    """The results that a recorder passed to its callbacks, in order."""

    def __init__(self) -> None:
        self._found: SimpleQueue[Page | StorageError | None] = SimpleQueue()

    def __call__(self, found: Page | StorageError | None) -> None:
        self._found.put(found)

    def success(self) -> bool:
        """Wait for the result of a batch, and return whether it was recorded."""
        return self._found.get(timeout=WAIT) is None

    def page(self) -> Page:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, Page)
        return found

    def error(self) -> StorageError:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, StorageError)
        return found

    @property
    def is_empty(self) -> bool:
        return self._found.empty()


def names(directory: Path) -> set[str]:
    """Return the names in *directory*."""
    return {each.name for each in directory.iterdir()}
