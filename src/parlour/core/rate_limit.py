"""Rate limits: a token bucket in which each line costs one token or more."""

from collections import OrderedDict
from typing import Final, Generic, NamedTuple, TypeVar

Key = TypeVar("Key")

LINES_PER_QUERY: Final = 5.0  # lines that a `history` or `users` command counts as
BYTES_PER_EXTRA_LINE: Final = 4096  # a line counts as one more for each of these


class Rate(NamedTuple):
    """A rate limit: lines per second, and the burst allowed after a pause."""

    per_second: float
    burst: float


class TokenBucket:
    """A token bucket that holds up to *burst* tokens and gains *per_second*.

    A line may cost more tokens than the bucket holds; the next line then waits longer.
    The time *now* is an argument; a clock that goes back changes nothing.
    """

    __slots__ = ("_rate", "_tokens", "_updated_at")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._updated_at = now

    def has_token(self, now: float) -> bool:
        """Return whether another line may be processed."""
        if now > self._updated_at:
            filled = self._tokens + (now - self._updated_at) * self._rate.per_second
            self._tokens = min(self._rate.burst, filled)
            self._updated_at = now
        return self._tokens >= 1.0

    def is_full(self, now: float) -> bool:
        """Return whether the bucket has filled up since its tokens were last spent."""
        return self.has_token(now) and self._tokens >= self._rate.burst

    @property
    def delay(self) -> float:
        """Seconds from the last `has_token` call until a line may be processed."""
        return max(1.0 - self._tokens, 0.0) / self._rate.per_second

    def spend(self, cost: float) -> None:
        """Remove *cost* tokens."""
        self._tokens -= cost


class KeyedRates(Generic[Key]):
    """The same *rate* limit for each key, such as a network.

    It remembers up to *most* keys: one more makes the first one be forgotten.
    """

    def __init__(self, rate: Rate, most: int) -> None:
        self._rate, self._most = rate, most
        self._buckets: OrderedDict[Key, TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of keys in memory."""
        return len(self._buckets)

    def allows(self, key: Key, now: float) -> bool:
        """Return whether *key* has a token, which is then spent."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(self._rate, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        if not bucket.has_token(now):
            return False
        bucket.spend(1.0)
        return True


def line_cost(line: bytes) -> float:
    """Return how many tokens *line* costs; a blank line costs one."""
    return 1.0 + len(line) // BYTES_PER_EXTRA_LINE
