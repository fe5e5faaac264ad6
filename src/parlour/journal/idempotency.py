"""The keys of recorded drafts, by which a retry is recognised."""

from collections import OrderedDict
from typing import Final, NamedTuple

from parlour.core.storage import Duplicate

MAX_KEYS: Final = 100_000
KEY_AGE: Final = 86_400.0  # seconds


class StoredKey(NamedTuple):
    """The message recorded under a key, and the monotonic time of recording."""

    outcome: Duplicate
    time: float


class IdempotencyKeys:
    """The newest 100,000 keys, each for 24 hours, in the order of recording.

    Times are monotonic: if a wall clock jumped, keys would expire early and a retry
    would be recorded twice.
    """

    def __init__(self) -> None:
        # In a plain dict, finding the oldest key skips every deleted entry before it.
        self._stored: OrderedDict[str, StoredKey] = OrderedDict()

    def __len__(self) -> int:
        return len(self._stored)

    def find(self, key: str, time: float) -> Duplicate | None:
        """Return the message recorded under *key*, or None if it expired."""
        stored = self._stored.get(key)
        if stored is None or time - stored.time > KEY_AGE:
            return None
        return stored.outcome

    def add(self, key: str, outcome: Duplicate, time: float) -> None:
        """Add *key*, and remove the oldest one if there are too many."""
        self._stored.pop(key, None)  # a key that is recorded again becomes the newest
        self._stored[key] = StoredKey(outcome, time)
        if len(self._stored) > MAX_KEYS:
            self._stored.popitem(last=False)

    def expire(self, time: float) -> None:
        """Remove the keys that are expired at *time*."""
        while self._stored:
            key = next(iter(self._stored))
            if time - self._stored[key].time <= KEY_AGE:
                return
            del self._stored[key]
