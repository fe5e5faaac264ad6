"""The limits on the stored messages of a room."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Retention:
    """The limits of one room. The oldest messages are deleted first.

    A store may exceed the limits temporarily: it deletes in chunks, while it is idle.
    """

    max_messages: int = 1_000_000
    max_bytes: int = 1 << 30
    """Bytes of texts and sources in UTF-8."""
    max_age: float = inf
    """Seconds; `parlour.journal.clock` describes how an age is measured."""

    @property
    def has_age(self) -> bool:
        """Whether messages expire."""
        return self.max_age < inf

    def cutoff(self, now: float) -> float:
        """Return the time before which messages are expired, as of *now*."""
        return max(now - self.max_age, 0.0)


def utf8_size(text: str) -> int:
    """Return the size of *text* in UTF-8, in bytes."""
    return len(text) if text.isascii() else len(text.encode())
