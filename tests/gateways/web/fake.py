"""A chat of a memory alone, for pages to show."""

from collections.abc import Sequence

from parlour.core.events import LOBBY, Draft, Page, Query, SessionId, User, View
from parlour.history import HistoryError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryHistory

NOON = 1_700_049_600.0  # seconds: Wednesday 15 November 2023, 12:00 in UTC
EPOCH = "e" * 32
NOBODY = SessionId(0)


class FakeChat:
    """A chat in which nothing happens but what a test says, a minute apart.

    While it has a *failure* it has no answers.
    """

    def __init__(self, max_messages: int = 1_000_000) -> None:
        self.history = MemoryHistory(Retention(max_messages), epoch=EPOCH)
        self.users: tuple[User, ...] = ()
        self.failure: HistoryError | None = None
        self.late: list[str] = []
        """What is said between the view and the reading."""
        self._now = NOON

    def say(self, source: str, *texts: str) -> None:
        for text in texts:
            self.history.append([Draft(LOBBY, source, text, NOBODY)], self._now)
            self._now += 60

    def come(self, names: Sequence[str]) -> None:
        self.users = tuple(User(name, NOON) for name in sorted(names))

    def view(self) -> View:
        self._fail()
        view = View(self.users, EPOCH, self.history.reach(LOBBY).head)
        self.say("Late", *self.late)
        return view

    def read(self, query: Query) -> Page:
        self._fail()
        return self.history.read(query)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
