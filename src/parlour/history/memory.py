"""A history that is gone when the process ends."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from parlour.core.events import Draft, Message, Page, RoomName


class MemoryHistory:
    """Keep the newest *max_messages* of every room. One thread at a time."""

    def __init__(self, max_messages: int) -> None:
        self._max_messages = max_messages
        self._rooms: dict[RoomName, deque[Message]] = {}
        self._heads: dict[RoomName, int] = {}

    def append(self, drafts: Sequence[Draft], time: float) -> list[Message]:
        messages = []
        for draft in drafts:
            room = draft.room
            sequence = self._heads.get(room, 0) + 1
            message = Message(room, sequence, time, draft.source, draft.text)
            self._heads[room] = sequence
            self._kept(room).append(message)
            messages.append(message)
        return messages

    def before(self, room: RoomName, sequence: int, limit: int) -> Page:
        kept = self._rooms.get(room, deque())
        if not kept:
            return Page((), 0)
        total = min(len(kept), max(sequence - kept[0].sequence, 0))
        wanted = islice(kept, max(total - limit, 0), total)
        return Page(tuple(wanted), total)

    def head(self, room: RoomName) -> int:
        return self._heads.get(room, 0)

    def close(self) -> None:
        self._rooms.clear()

    def _kept(self, room: RoomName) -> deque[Message]:
        if room not in self._rooms:
            self._rooms[room] = deque(maxlen=self._max_messages)
        return self._rooms[room]
