"""A fake chat with a history in memory."""

from collections.abc import Sequence

from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, SessionId, Snapshot, User
from parlour.core.storage import Page, Query, StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

NOON = 1_700_049_600.0  # seconds: Wednesday 15 November 2023, 12:00 in UTC
EPOCH = "e" * 32
NOBODY = SessionId(0)


def numbers(first: int, last: int) -> list[str]:
    """Return the texts of numbered messages."""
    return [f"{number}" for number in range(first, last + 1)]


class FakeChat:
    """A chat in which a test sends messages, a minute apart.

    While *failure* is set, every query raises it.
    """

    def __init__(self, max_messages: int = 1_000_000) -> None:
        self.history = MemoryStore(Retention(max_messages), epoch=EPOCH)
        self.users: tuple[User, ...] = ()
        self.failure: StorageError | None = None
        self.late: list[str] = []
        """Messages sent after a snapshot and before the next read."""
        self._now = NOON

    def send(self, source: str, *texts: str) -> None:
        for text in texts:
            said = Said(LOBBY, source, text, NOBODY)
            self.history.append(Batch(self._now, (said,)))
            self._now += 60

    def set_users(self, names: Sequence[str]) -> None:
        self.users = tuple(User(name, NOON) for name in sorted(names))

    def snapshot(self) -> Snapshot:
        self._raise_failure()
        snapshot = Snapshot(self.users, EPOCH, self.history.load().rooms[0].sequence)
        self.send("Late", *self.late)
        return snapshot

    def read(self, query: Query) -> Page:
        self._raise_failure()
        return self.history.read(query)

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure
