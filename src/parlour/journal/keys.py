"""The idempotency keys of a store in memory, and the limits on stored keys.

A server recognises retries by its own state. The stored keys are for the next server.
"""

from collections import deque
from typing import Final

from parlour.core.events import Value
from parlour.core.storage import StoredKey

MAX_KEYS: Final = 200_000
KEY_AGE: Final = 86_400.0  # seconds by a monotonic clock


class _Recorded(Value, frozen=True, gc=False):
    """A key, and the monotonic time at which it was recorded."""

    time: float
    key: StoredKey


class StoredKeys:
    """The newest 200,000 keys, each for 24 hours, in the order of recording."""

    def __init__(self) -> None:
        self._stored: deque[_Recorded] = deque(maxlen=MAX_KEYS)

    def add(self, key: StoredKey, steady: float) -> None:
        """Add *key*, recorded at the monotonic time *steady*."""
        self._stored.append(_Recorded(steady, key))

    def expire(self, steady: float) -> None:
        """Remove the keys that are expired at *steady*."""
        while self._stored and steady - self._stored[0].time > KEY_AGE:
            self._stored.popleft()

    def all(self) -> tuple[StoredKey, ...]:
        """Return the keys in the order of recording."""
        return tuple(each.key for each in self._stored)
