"""Histories to try, and what to say to them."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

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
)
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite.opening import Failpoint, no_failpoint
from parlour.journal.sqlite.store import SQLiteStore

VERONA, MANTUA = RoomName("verona"), RoomName("mantua")
NOW = 1_700_000_000.25  # seconds: when everything is said, unless a test says otherwise
END = 1 << 50  # a sequence behind all others
ALL = 1 << 20  # messages

PLENTY = Retention()


def draft(text: str, room: RoomName = VERONA, *, key: str = "") -> Draft:
    return Draft(room, "Romeo", text, SessionId(7), key)


def drafts(texts: Sequence[str], room: RoomName = VERONA) -> list[Draft]:
    return [draft(text, room) for text in texts]


def in_file(
    path: Path,
    retention: Retention = PLENTY,
    *,
    now: float = NOW,
    failpoint: Failpoint = no_failpoint,
) -> SQLiteStore:
    """Open the history *path* for which it is always *now*."""
    return SQLiteStore(
        path, retention, clock=lambda: now, steady=lambda: 0.0, failpoint=failpoint
    )


class Clocks:
    """A wall clock and a steady one that pass as a test wants it."""

    def __init__(self, wall: float = NOW) -> None:
        self.wall, self.steady = wall, 0.0
        self.warnings: list[tuple[str, dict[str, str | float]]] = []

    def pass_by(self, seconds: float) -> None:
        """Let both clocks go on."""
        self.wall += seconds
        self.steady += seconds

    def warn(self, event: str, /, **facts: str | float) -> None:
        self.warnings.append((event, facts))

    def in_memory(self, retention: Retention = PLENTY) -> MemoryStore:
        return MemoryStore(
            retention,
            clock=lambda: self.wall,
            steady=lambda: self.steady,
            warn=self.warn,
        )

    def in_file(self, path: Path, retention: Retention = PLENTY) -> SQLiteStore:
        return SQLiteStore(
            path,
            retention,
            clock=lambda: self.wall,
            steady=lambda: self.steady,
            warn=self.warn,
        )


def messages(outcomes: Sequence[Outcome]) -> list[Message]:
    """Return the messages that *outcomes* have to be, all of them."""
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


def kept(history: Store, room: RoomName = VERONA) -> list[str]:
    """Return every text that is kept of *room*, page by page."""
    found: list[str] = []
    cursor = 0
    while page := history.read(after(cursor, room=room)).messages:
        found += [message.text for message in page]
        cursor = page[-1].sequence
    return found


def tidy(history: Store) -> None:
    """Let *history* do all that can wait."""
    while history.maintain():
        pass


def edit(path: Path, statement: str, values: Sequence[object] = ()) -> None:
    """Change the file of a history behind its back."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(statement, tuple(values))
    db.close()
