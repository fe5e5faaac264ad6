"""What pages have sent and the chat has not been given: bounded for all together."""

from collections.abc import Hashable, Iterator
from typing import Final, Generic, TypeVar

MAX_HELD: Final = 32 << 20  # bytes, of all pages together

P = TypeVar("P", bound=Hashable)
"""A page."""


class HeldBytes(Generic[P]):
    """How many bytes each page holds: input that waits, and frames that have begun."""

    def __init__(self) -> None:
        self._sizes: dict[P, int] = {}
        self.total = 0

    def set(self, page: P, size: int) -> None:
        """Record that *page* holds *size* bytes now, in place of what it held."""
        self.total += size - self._sizes.get(page, 0)
        if size:
            self._sizes[page] = size
        else:
            self._sizes.pop(page, None)

    def excess(self) -> Iterator[P]:
        """Yield the pages that hold most until the others are within the bound."""
        if self.total <= MAX_HELD:
            return
        rest = self.total
        for page, size in sorted(self._sizes.items(), key=lambda held: -held[1]):
            if rest <= MAX_HELD - MAX_HELD // 8:
                return
            rest -= size
            yield page
