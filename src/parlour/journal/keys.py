"""The idempotency keys of a store in memory, and the limits on stored keys.

A server recognises retries by its own state. The stored keys are for the next server.
"""

from collections import deque
from typing import Final

from parlour.core.storage import StoredKey

MAX_KEYS: Final = 200_000
KEY_AGE: Final = 86_400.0  # seconds by a monotonic clock


class StoredKeys:
    """The newest 200,000 keys, each for 24 hours, in the order of recording."""

    def __init__(self) -> None:
        self._stored: deque[tuple[float, StoredKey]] = deque(maxlen=MAX_KEYS)

    def add(self, key: StoredKey, steady: float) -> None:
        """Add *key*, recorded at the monotonic time *steady*."""
        self._stored.append((steady, key))

    def expire(self, steady: float) -> None:
        """Remove the keys that are expired at *steady*."""
        while self._stored and steady - self._stored[0][0] > KEY_AGE:
            self._stored.popleft()

    def all(self) -> tuple[StoredKey, ...]:
        """Return the keys in the order of recording."""
        return tuple(key for _, key in self._stored)
