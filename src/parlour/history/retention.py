"""How much of a room is kept."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Retention:
    """What a room keeps at most; the oldest messages go first.

    A history may keep a little more for a while: what is too much is deleted in
    chunks, when there is time for it.
    """

    max_messages: int = 1_000_000
    max_bytes: int = 1 << 30
    """UTF-8 of texts and sources."""
    max_age: float = inf
    """Seconds; `clock` says how they are measured."""

    @property
    def has_age(self) -> bool:
        """Whether a message can be too old."""
        return self.max_age < inf

    def cutoff(self, now: float) -> float:
        """Return the time before which a message is too old."""
        return max(now - self.max_age, 0.0)
