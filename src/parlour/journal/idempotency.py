"""Keys of drafts that were recorded: how a retry is known from a new message."""

from collections import OrderedDict
from typing import Final, NamedTuple

from parlour.core.storage import Repeated

MAX_KEYS: Final = 100_000
KEY_AGE: Final = 86_400.0  # seconds


class StoredKey(NamedTuple):
    """What was recorded under a key, and when, by a steady clock."""

    outcome: Repeated
    time: float


class IdempotencyKeys:
    """The newest 100,000 keys, each for 24 hours, in the order of recording.

    Times are steady: a wall clock that jumps would forget keys, and a retry would be
    recorded twice.
    """

    def __init__(self) -> None:
        # The oldest of a plain dict is found behind all that were deleted before it.
        self._kept: OrderedDict[str, StoredKey] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str, time: float) -> Repeated | None:
        """Return what was recorded under *key*, unless that is too long ago."""
        kept = self._kept.get(key)
        if kept is None or time - kept.time > KEY_AGE:
            return None
        return kept.outcome

    def add(self, key: str, outcome: Repeated, time: float) -> None:
        """Remember *key*, and forget those that it pushes out."""
        self._kept.pop(key, None)  # a key that is used anew is the newest again
        self._kept[key] = StoredKey(outcome, time)
        if len(self._kept) > MAX_KEYS:
            self._kept.popitem(last=False)

    def expire(self, time: float) -> None:
        """Forget the oldest, as far as they are too old."""
        while self._kept:
            key = next(iter(self._kept))
            if time - self._kept[key].time <= KEY_AGE:
                return
            del self._kept[key]
