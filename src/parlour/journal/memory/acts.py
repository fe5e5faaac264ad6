"""The acts of a store in memory."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from parlour.core.events import Act, RoomName
from parlour.core.storage import Page, ReadActs
from parlour.history.pages import fit_acts

from ..acts import OPENED, max_acts

MAX_ACTS: Final = 100_000  # of all rooms; the oldest are deleted


class MemoryActs:
    """The newest acts, oldest first, and the number of the last one."""

    def __init__(self) -> None:
        self._acts: dict[int, Act] = {}
        self._places: dict[RoomName | None, deque[int]] = {}  # the numbers of each
        self.last_number = 0

    def add(self, acts: Sequence[Act]) -> None:
        """Add *acts*, whose numbers follow the last one."""
        for act in acts:
            self._acts[act.number] = act
            self._places.setdefault(act.room, deque()).append(act.number)
            self.last_number = act.number
        for place in {act.room for act in acts}:
            while len(self._places[place]) > max_acts(place):
                self._remove(place)
        while len(self._acts) > MAX_ACTS and (oldest := self._oldest_in_rooms()):
            self._remove(oldest)

    def _oldest_in_rooms(self) -> RoomName | None:
        """Return the room of the oldest act that is of a room, or None."""
        rooms = (act.room for act in self._acts.values())
        return next((each for each in rooms if each is not None), None)

    def _remove(self, place: RoomName | None) -> None:
        """Remove the oldest act of a place."""
        numbers = self._places[place]
        del self._acts[numbers.popleft()]
        if not numbers:
            del self._places[place]

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
        for act in reversed(self._acts.values()):
            if room in (None, act.room):
                yield act
            if room is not None and act.room == room and act.action == OPENED:
                return
