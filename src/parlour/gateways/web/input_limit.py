"""Bound the unprocessed input of all pages together."""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

MAX_INPUT: Final = 32 << 20  # bytes of unprocessed input, of all pages together

C = TypeVar("C")
"""A connection."""


class InputLimit(Generic[C]):
    """The size of each connection's waiting input and unfinished messages."""

    def __init__(self) -> None:
        self._sizes: dict[C, int] = {}
        self.total = 0

    def set(self, connection: C, size: int) -> None:
        """Replace the size of *connection*, in bytes."""
        self.total += size - self._sizes.get(connection, 0)
        if size:
            self._sizes[connection] = size
        else:
            self._sizes.pop(connection, None)

    def excess(self) -> Iterator[C]:
        """Yield the connections to abort, largest first; none if the limit is met.

        Once they are aborted, an eighth of the limit is free.
        """
        if self.total <= MAX_INPUT:
            return
        rest = self.total
        for connection, size in sorted(self._sizes.items(), key=lambda item: -item[1]):
            if rest <= MAX_INPUT - MAX_INPUT // 8:
                return
            rest -= size
            yield connection
