"""A chat of a memory alone, for pages to show."""

from collections.abc import Sequence

from parlour.core.events import LOBBY, SessionId, Snapshot, User
from parlour.core.storage import Draft, Page, Query, StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

NOON = 1_700_049_600.0  # seconds: Wednesday 15 November 2023, 12:00 in UTC
EPOCH = "e" * 32
NOBODY = SessionId(0)


class FakeChat:
    """A chat in which nothing happens but what a test says, a minute apart.

    While it has a *failure* it has no answers.
    """

    def __init__(self, max_messages: int = 1_000_000) -> None:
        self.history = MemoryStore(Retention(max_messages), epoch=EPOCH)
        self.users: tuple[User, ...] = ()
        self.failure: StorageError | None = None
        self.late: list[str] = []
        """What is said between the view and the reading."""
        self._now = NOON

    def say(self, source: str, *texts: str) -> None:
        for text in texts:
            self.history.append([Draft(LOBBY, source, text, NOBODY)], self._now)
            self._now += 60

    def come(self, names: Sequence[str]) -> None:
        self.users = tuple(User(name, NOON) for name in sorted(names))

    def view(self) -> Snapshot:
        self._fail()
        view = Snapshot(self.users, EPOCH, self.history.extent(LOBBY).head)
        self.say("Late", *self.late)
        return view

    def read(self, query: Query) -> Page:
        self._fail()
        return self.history.read(query)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
