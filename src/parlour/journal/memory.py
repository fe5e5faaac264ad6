"""A store in memory. Its messages are lost when the process ends."""

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
    Duplicate,
    HistoryExtent,
    Outcome,
    Page,
    Query,
    Search,
)
from parlour.history.pages import fit_page
from parlour.history.retention import Retention, utf8_size
from parlour.history.search_deadline import SearchDeadline
from parlour.history.search_terms import text_matcher

from .clock import WallClock, Warn, no_warnings
from .epoch import new_epoch
from .idempotency import IdempotencyKeys
from .timestamps import clamp_time, from_microseconds, to_microseconds

MESSAGES_PER_CHECK: Final = 16  # searched between two checks of the deadline


class _Room:
    """The stored messages of one room, which end at the sequence *head*."""

    def __init__(self) -> None:
        self.head = 0
        self.messages: deque[Message] = deque()
        self.recorded: deque[float] = deque()  # monotonic time of each message
        self.bytes = 0

    @property
    def first(self) -> int:
        return self.head - len(self.messages) + 1

    def add(self, message: Message, steady: float) -> None:
        self.head = message.sequence
        self.messages.append(message)
        self.recorded.append(steady)
        self.bytes += utf8_size(message.source + message.text)

    def prune(self, retention: Retention, steady: float) -> None:
        """Delete the oldest messages until the rest is within *retention*."""
        messages, cutoff = self.messages, steady - retention.max_age
        while messages and (
            len(messages) > retention.max_messages
            or self.bytes > retention.max_bytes
            or self.recorded[0] < cutoff
        ):
            message = messages.popleft()
            self.recorded.popleft()
            self.bytes -= utf8_size(message.source + message.text)

    def between(self, low: int, high: int) -> list[Message]:
        """Return the messages after *low* and up to *high*, oldest first."""
        start = max(low + 1 - self.first, 0)
        stop = max(high + 1 - self.first, start)
        return list(islice(self.messages, start, stop))


class MemoryStore:
    """A store in memory, within the limits of *retention*.

    Messages that exceed the retention are deleted immediately. Messages that are
    expired, by the monotonic clock *steady*, are never returned. *epoch* is random by
    default. *warn* reports jumps of the wall clock *clock*.
    """

    def __init__(
        self,
        retention: Retention,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        steady: Callable[[], float] = lambda: 0.0,
        warn: Warn = no_warnings,
        epoch: str | None = None,
    ) -> None:
        self._retention, self._steady = retention, steady
        self._wall = WallClock(clock, steady, warn)
        self._epoch = epoch or new_epoch()
        self._rooms: dict[RoomName, _Room] = {}
        self._keys = IdempotencyKeys()
        self._lock = Lock()  # protects the rooms from readers in other threads
        self._deadline = SearchDeadline(steady)

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        time = from_microseconds(to_microseconds(clamp_time(time)))
        steady = self._steady()
        content = "".join([draft.source + draft.text for draft in drafts])
        utf8_size(content)  # raises for a lone surrogate before anything is recorded
        self._keys.expire(steady)
        with self._lock:
            outcomes = [self._record(draft, time, steady) for draft in drafts]
            for room in {draft.room: None for draft in drafts}:
                if room in self._rooms:
                    self._rooms[room].prune(self._retention, steady)
        return outcomes

    def read(self, query: Query) -> Page:
        with self._lock:
            room = self._pruned(query.room)
            if room is None:
                return Page((), False, 0)
            match query:
                case Before():
                    return _before(room, query)
                case After():
                    return _after(room, query)
                case Search():
                    candidates = room.between(0, min(query.sequence - 1, room.head))
        self._deadline.start()
        return _search(candidates, query, self._deadline)

    def cancel_searches(self) -> None:
        self._deadline.cancel()

    def extent(self, room: RoomName) -> HistoryExtent:
        with self._lock:
            stored = self._pruned(room) or _Room()
            return HistoryExtent(self._epoch, stored.first, stored.head)

    def maintain(self) -> bool:
        self._wall.read()
        return False

    def close(self) -> None:
        with self._lock:
            self._rooms.clear()

    def _pruned(self, name: RoomName) -> _Room | None:
        """Return the room *name* without expired messages."""
        room = self._rooms.get(name)
        if room is not None:
            room.prune(self._retention, self._steady())
        return room

    def _record(self, draft: Draft, time: float, steady: float) -> Outcome:
        if draft.key:
            duplicate = self._keys.find(draft.key, steady)
            if duplicate is not None:
                return duplicate
        room = self._rooms.get(draft.room)
        if room is None:
            room = self._rooms[draft.room] = _Room()
        message = Message(draft.room, room.head + 1, time, draft.source, draft.text)
        room.add(message, steady)
        if draft.key:
            outcome = Duplicate(draft.room, message.sequence)
            self._keys.add(draft.key, outcome, steady)
        return message


def _before(room: _Room, query: Before) -> Page:
    high = min(query.sequence - 1, room.head)
    total = max(high - room.first + 1, 0)
    wanted = room.between(high - max(query.limit, 0), high) if total else []
    messages = fit_page(reversed(wanted))[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _after(room: _Room, query: After) -> Page:
    low, high = max(query.sequence, room.first - 1), min(query.head, room.head)
    total = max(high - low, 0)
    wanted = room.between(low, min(low + max(query.limit, 0), high)) if total else []
    messages = fit_page(wanted)
    deleted = max(min(low, query.head) - query.sequence, 0)
    return Page(tuple(messages), total > len(messages), total, deleted)


def _search(
    candidates: Sequence[Message], query: Search, deadline: SearchDeadline
) -> Page:
    matches = text_matcher(query.words)
    found = (
        message
        for number, message in enumerate(reversed(candidates), 1)
        if (number % MESSAGES_PER_CHECK or deadline.check()) and matches(message.text)
    )
    wanted = list(islice(found, max(query.limit, 0) + 1))
    messages = fit_page(wanted[: max(query.limit, 0)])[::-1]
    return Page(tuple(messages), len(wanted) > len(messages), len(messages))
