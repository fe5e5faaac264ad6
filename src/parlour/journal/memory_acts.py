"""The acts of a store in memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from parlour.core.events import Act, RoomName
from parlour.core.storage import Page, ReadActs
from parlour.history.pages import fit_acts

from .order import OPENED

MAX_ACTS: Final = 100_000  # the oldest are deleted


class MemoryActs:
    """The newest acts, oldest first, and the number of the last one."""

    def __init__(self) -> None:
        self._acts: deque[Act] = deque()
        self.last_number = 0

    def add(self, acts: Iterable[Act]) -> None:
        """Add *acts*, whose numbers follow the last one."""
        for act in acts:
            self._acts.append(act)
            self.last_number = act.number
        while len(self._acts) > MAX_ACTS:
            self._acts.popleft()

    def read(self, query: ReadActs) -> Page:
        """Return the page that answers *query*."""
        limit = max(query.limit, 0)
        matching = self._newest_first(query.room)
        before = (act for act in matching if act.number < query.before)
        found = list(islice(before, limit + 1))
        acts = fit_acts(found[:limit])[::-1]
        return Page((), len(found) > len(acts), 0, acts=tuple(acts))

    def _newest_first(self, room: RoomName | None) -> Iterator[Act]:
        """Yield all acts, or those in *room* since its owner opened it."""
        for act in reversed(self._acts):
            if room in (None, act.room):
                yield act
            if room is not None and act.room == room and act.action == OPENED:
                return
