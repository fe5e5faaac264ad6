"""A history that is gone when the process ends."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Final

from parlour.core.events import Message, RoomName
from parlour.core.storage import (
    After,
    Before,
    Draft,
    HistoryExtent,
    Outcome,
    Page,
    Query,
    Repeated,
    Search,
)
from parlour.history.pages import clamped, fitting, micros, seconds, size
from parlour.history.retention import Retention
from parlour.history.search_deadline import Deadline
from parlour.history.search_terms import matcher

from .clock import WallClock, Warn, ignore
from .idempotency import IdempotencyKeys

CHECK_EVERY: Final = 16  # messages looked through between two looks at the deadline


class _Room:
    """The messages of one room that are kept: those up to *head*."""

    def __init__(self) -> None:
        self.head = 0
        self.kept: deque[Message] = deque()
        self.recorded: deque[float] = deque()  # when, by a steady clock
        self.bytes = 0

    @property
    def first(self) -> int:
        return self.head - len(self.kept) + 1

    def add(self, message: Message, steady: float) -> None:
        self.head = message.sequence
        self.kept.append(message)
        self.recorded.append(steady)
        self.bytes += size(message.source + message.text)

    def prune(self, retention: Retention, steady: float) -> None:
        """Forget the oldest, as far as they are too many, too much or too old."""
        kept, cutoff = self.kept, steady - retention.max_age
        while kept and (
            len(kept) > retention.max_messages
            or self.bytes > retention.max_bytes
            or self.recorded[0] < cutoff
        ):
            message = kept.popleft()
            self.recorded.popleft()
            self.bytes -= size(message.source + message.text)

    def between(self, low: int, high: int) -> list[Message]:
        """Return the messages after *low* and up to *high*, oldest first."""
        start = max(low + 1 - self.first, 0)
        return list(islice(self.kept, start, max(high + 1 - self.first, start)))


class MemoryStore:
    """Keep what was said for as long as *retention* and the process allow.

    *epoch* is made up unless it is given. What is too much is forgotten at once, and
    what is too old by the clock *steady* is never read. The operator is warned if the
    wall clock *clock* jumps.
    """

    def __init__(
        self,
        retention: Retention,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        steady: Callable[[], float] = lambda: 0.0,
        warn: Warn = ignore,
        epoch: str | None = None,
    ) -> None:
        self._retention, self._steady = retention, steady
        self._wall = WallClock(clock, steady, warn)
        self._epoch = epoch or os.urandom(16).hex()
        self._rooms: dict[RoomName, _Room] = {}
        self._keys = IdempotencyKeys()
        self._lock = Lock()  # protects the rooms from a reader in another thread
        self._deadline = Deadline(steady)

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        time, steady = seconds(micros(clamped(time))), self._steady()
        said = "".join([draft.source + draft.text for draft in drafts])
        size(said)  # what is no text raises here, before anything is kept
        self._keys.expire(steady)
        with self._lock:
            outcomes = [self._keep(draft, time, steady) for draft in drafts]
            for room in {draft.room: None for draft in drafts}:
                if room in self._rooms:
                    self._rooms[room].prune(self._retention, steady)
        return outcomes

    def read(self, query: Query) -> Page:
        with self._lock:
            room = self._current(query.room)
            if room is None:
                return Page((), False, 0)
            match query:
                case Before():
                    return _before(room, query)
                case After():
                    return _after(room, query)
                case Search():
                    kept = room.between(0, min(query.sequence - 1, room.head))
        self._deadline.start()
        return _search(kept, query, self._deadline)

    def cancel_searches(self) -> None:
        self._deadline.cancel()

    def extent(self, room: RoomName) -> HistoryExtent:
        with self._lock:
            kept = self._current(room) or _Room()
            return HistoryExtent(self._epoch, kept.first, kept.head)

    def maintain(self) -> bool:
        self._wall.look()
        return False

    def close(self) -> None:
        with self._lock:
            self._rooms.clear()

    def _current(self, name: RoomName) -> _Room | None:
        """Return the room without what has become too old."""
        room = self._rooms.get(name)
        if room is not None:
            room.prune(self._retention, self._steady())
        return room

    def _keep(self, draft: Draft, time: float, steady: float) -> Outcome:
        if draft.key:
            repeated = self._keys.find(draft.key, steady)
            if repeated is not None:
                return repeated
        room = self._rooms.get(draft.room)
        if room is None:
            room = self._rooms[draft.room] = _Room()
        message = Message(draft.room, room.head + 1, time, draft.source, draft.text)
        room.add(message, steady)
        if draft.key:
            outcome = Repeated(draft.room, message.sequence)
            self._keys.add(draft.key, outcome, steady)
        return message


def _before(room: _Room, query: Before) -> Page:
    high = min(query.sequence - 1, room.head)
    total = max(high - room.first + 1, 0)
    wanted = room.between(high - max(query.limit, 0), high) if total else []
    return _newest(wanted, total)


def _after(room: _Room, query: After) -> Page:
    low, high = max(query.sequence, room.first - 1), min(query.head, room.head)
    total = max(high - low, 0)
    wanted = room.between(low, min(low + max(query.limit, 0), high)) if total else []
    messages = fitting(wanted)
    gone = max(min(low, query.head) - query.sequence, 0)
    return Page(tuple(messages), total > len(messages), total, gone)


def _newest(wanted: Sequence[Message], total: int) -> Page:
    """Return a page of the last of *wanted*, which ascend and end the *total*."""
    messages = fitting(reversed(wanted))[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _search(kept: Sequence[Message], query: Search, deadline: Deadline) -> Page:
    matches = matcher(query.words)
    found = (
        message
        for number, message in enumerate(reversed(kept), 1)
        if (number % CHECK_EVERY or deadline.check()) and matches(message.text)
    )
    wanted = list(islice(found, max(query.limit, 0) + 1))
    messages = fitting(wanted[: max(query.limit, 0)])[::-1]
    return Page(tuple(messages), len(wanted) > len(messages), len(messages))
