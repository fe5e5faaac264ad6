"""How fast a session may send lines: a token bucket. `now` is an argument."""

from typing import Final, NamedTuple

HISTORY_COST: Final = 5.0  # lines: what a request that makes much work counts as
LINE_UNIT: Final = 4096  # bytes: a line counts once, and once more for each of these


class Rate(NamedTuple):
    """Lines a second in the long run, and how many at once after a rest."""

    per_second: float
    burst: float


class Bucket:
    """A token bucket: holds up to *burst* lines, fills at *per_second*.

    A line may cost more than is there: the debt is waited for before the next.
    """

    __slots__ = ("_at", "_rate", "_tokens")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._at = now

    def is_open(self, now: float) -> bool:
        """Tell whether another line may be heard."""
        if now > self._at:
            grown = self._tokens + (now - self._at) * self._rate.per_second
            self._tokens = min(self._rate.burst, grown)
            self._at = now
        return self._tokens >= 1.0

    def is_full(self, now: float) -> bool:
        """Tell whether the bucket has had time to fill since it was last used."""
        return self.is_open(now) and self._tokens >= self._rate.burst

    @property
    def wait(self) -> float:
        """Seconds after the last look until another line may be heard."""
        return max(1.0 - self._tokens, 0.0) / self._rate.per_second

    def spend(self, cost: float) -> None:
        """Take *cost* lines out."""
        self._tokens -= cost


def line_cost(line: bytes) -> float:
    """Return what saying *line* counts, in lines; a blank one counts, too."""
    return 1.0 + len(line) // LINE_UNIT
