"""The keys of recorded messages, by which a retry is recognised."""

from collections import OrderedDict
from heapq import heapify, heappop, heapreplace
from typing import Final

from ..events import Value

MAX_KEYS_EACH: Final = 4096  # of one token
MAX_KEYS: Final = 200_000
UNKNOWN: Final = "unknown"  # the token of keys that the first release stored
KEY_AGE: Final = 86_400.0  # seconds, as `PassedTime` counts them


class Recorded(Value, frozen=True, gc=False):
    """The sequence of the message with a key, and when it was recorded."""

    sequence: int
    time: float


NO_KEYS: Final[dict[str, Recorded]] = {}


class IdempotencyKeys:
    """The newest keys of each token, for 24 hours.

    If there are too many in all, a hundredth of them is removed: one by one, the oldest
    of the token that has the most; of several such tokens, of the one known longest.
    """

    def __init__(self) -> None:
        self._keys: dict[str, OrderedDict[str, Recorded]] = {}  # by token
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def find(self, token: str, key: str, time: float) -> int | None:
        """Return the sequence of the message with *key*, or None if it is expired."""
        keys = self._keys
        recorded = keys.get(token, NO_KEYS).get(key)
        if recorded is None and UNKNOWN in keys:
            recorded = keys[UNKNOWN].get(key)
        if recorded is None or time - recorded.time > KEY_AGE:
            return None
        return recorded.sequence

    def add(self, token: str, key: str, sequence: int, time: float) -> None:
        """Add *key*, and remove the oldest one if there are too many."""
        keys = self._keys.get(token)
        if keys is None:
            keys = self._keys[token] = OrderedDict()
        if keys.pop(key, None) is None:  # a key that is recorded again is the newest
            self._size += 1
        keys[key] = Recorded(sequence, time)
        if len(keys) > MAX_KEYS_EACH:
            keys.popitem(last=False)
            self._size -= 1
        if self._size > MAX_KEYS:
            self._remove_oldest()

    def items(self) -> list[tuple[str, str, int, float]]:
        """Return all keys, of each token in the order in which they were added.

        Each is a token, a key, the sequence of its message, and a time.
        """
        return [
            (token, key, recorded.sequence, recorded.time)
            for token, keys in self._keys.items()
            for key, recorded in keys.items()
        ]

    def _remove_oldest(self) -> None:
        order = {token: number for number, token in enumerate(self._keys)}
        heap = [(-len(keys), order[token], token) for token, keys in self._keys.items()]
        heapify(heap)
        while self._size > MAX_KEYS - MAX_KEYS // 100:
            negative, number, token = heap[0]
            self._keys[token].popitem(last=False)
            self._size -= 1
            if negative == -1:
                heappop(heap)
                del self._keys[token]
            else:
                heapreplace(heap, (negative + 1, number, token))
