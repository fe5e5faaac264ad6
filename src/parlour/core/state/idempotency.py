"""The keys of recorded messages, by which a retry is recognised."""

from collections import OrderedDict
from typing import Final, NamedTuple

MAX_KEYS_EACH: Final = 4096  # of one token
MAX_KEYS: Final = 200_000
KEY_AGE: Final = 86_400.0  # seconds, as `PassedTime` counts them


class Recorded(NamedTuple):
    """The sequence of the message with a key, and when it was recorded."""

    sequence: int
    time: float


class IdempotencyKeys:
    """The newest keys of each token, for 24 hours.

    If there are too many in all, the token with the most of them loses its oldest one;
    of several such tokens, the one that has had so many for longest.
    """

    def __init__(self) -> None:
        self._keys: dict[str, OrderedDict[str, Recorded]] = {}  # by token
        # The tokens with as many keys, in the order in which they got that many.
        self._tokens: dict[int, OrderedDict[str, None]] = {}
        self._size = 0
        self._most = 0

    def __len__(self) -> int:
        return self._size

    def find(self, token: str, key: str, time: float) -> int | None:
        """Return the sequence of the message with *key*, or None if it is expired."""
        keys = self._keys.get(token)
        recorded = keys.get(key) if keys is not None else None
        if recorded is None or time - recorded.time > KEY_AGE:
            return None
        return recorded.sequence

    def add(self, token: str, key: str, sequence: int, time: float) -> None:
        """Add *key*, and remove the oldest one if there are too many."""
        keys = self._keys.setdefault(token, OrderedDict())
        before = len(keys)
        keys.pop(key, None)  # a key that is recorded again becomes the newest
        keys[key] = Recorded(sequence, time)
        if len(keys) > MAX_KEYS_EACH:
            keys.popitem(last=False)
        self._resize(token, before, len(keys))
        if self._size > MAX_KEYS:
            self._remove_oldest()

    def items(self) -> list[tuple[str, str, int, float]]:
        """Return all keys: token, key, sequence and time, by token in a fixed order."""
        return [
            (token, key, recorded.sequence, recorded.time)
            for token, keys in sorted(self._keys.items())
            for key, recorded in keys.items()
        ]

    def _remove_oldest(self) -> None:
        while not self._tokens.get(self._most):
            self._most -= 1
        token = next(iter(self._tokens[self._most]))
        keys = self._keys[token]
        keys.popitem(last=False)
        self._resize(token, len(keys) + 1, len(keys))
        if not keys:
            del self._keys[token]

    def _resize(self, token: str, before: int, after: int) -> None:
        if before == after:
            return
        if before:
            tokens = self._tokens[before]
            del tokens[token]
            if not tokens:
                del self._tokens[before]
        if after:
            self._tokens.setdefault(after, OrderedDict())[token] = None
        self._most = max(self._most, after)
        self._size += after - before
