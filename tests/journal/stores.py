"""Stores to test, with drafts and queries for them."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from parlour.core.events import Message, RoomName, SessionId
from parlour.core.storage import (
    After,
    Before,
    Draft,
    Duplicate,
    Outcome,
    Page,
    Query,
    Search,
    StorageError,
)
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite.opening import Failpoint, no_failpoint
from parlour.journal.sqlite.store import SQLiteStore

VERONA, MANTUA = RoomName("verona"), RoomName("mantua")
HOUR, DAY = 3_600.0, 86_400.0  # seconds
NOW = 1_700_000_000.25  # seconds: the default time of a message
END = 1 << 50  # a sequence after all others
ALL = 1 << 20  # a limit that no test exceeds

DEFAULT_RETENTION = Retention()
EXPORTED = (
    '{"type":"message","data":{"room":"verona","sequence":1,'
    '"time":"2023-11-14T22:13:20.250000Z","source":"Romeo","message":"kůň \\n 🐴"}}'
)
"""A line of an export."""
WAIT = 10.0  # seconds until a test that hangs fails


def draft(text: str, room: RoomName = VERONA, *, key: str = "") -> Draft:
    return Draft(room, "Romeo", text, SessionId(7), key)


def drafts(texts: Sequence[str], room: RoomName = VERONA) -> list[Draft]:
    return [draft(text, room) for text in texts]


def open_store(
    path: Path,
    retention: Retention = DEFAULT_RETENTION,
    *,
    now: float = NOW,
    failpoint: Failpoint = no_failpoint,
) -> SQLiteStore:
    """Open the store *path*, with a wall clock that always shows *now*."""
    return SQLiteStore(
        path, retention, clock=lambda: now, steady=lambda: 0.0, failpoint=failpoint
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
        self, path: Path, retention: Retention = DEFAULT_RETENTION
    ) -> SQLiteStore:
        return SQLiteStore(
            path,
            retention,
            clock=lambda: self.wall,
            steady=lambda: self.steady,
            warn=self.warn,
        )


each_store = pytest.mark.parametrize("kind", ["file", "memory"])
"""Runs a test with each kind of store that `Clocks.open` opens."""


def record_daily(path: Path, clocks: Clocks, days: int = 5) -> None:
    """Record one message a day in the history *path*: the number of the day."""
    with closing(clocks.open_store(path)) as store:
        for day in range(days):
            store.append([draft(str(day))], clocks.wall)
            clocks.advance(DAY)


def messages(outcomes: Sequence[Outcome]) -> list[Message]:
    """Return *outcomes* after checking that all of them are messages."""
    found = [each for each in outcomes if isinstance(each, Message)]
    assert len(found) == len(outcomes)
    return found


def sequences(outcomes: Sequence[Message | Duplicate]) -> list[int]:
    return [each.sequence for each in outcomes]


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
        self._found: SimpleQueue[list[Outcome] | Page | StorageError] = SimpleQueue()

    def __call__(self, found: list[Outcome] | Page | StorageError) -> None:
        self._found.put(found)

    def outcomes(self) -> list[Outcome]:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, list)
        return found

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
