"""The acts of a store in memory."""

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Final

from parlour.core.storage import Act, Page, ReadActs
from parlour.history.pages import fit_acts

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
        matching = (
            act
            for act in reversed(self._acts)
            if act.number < query.before and query.room in (None, act.room)
        )
        found = list(islice(matching, limit + 1))
        acts = fit_acts(found[:limit])[::-1]
        return Page((), len(found) > len(acts), 0, acts=tuple(acts))
