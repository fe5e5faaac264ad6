"""A bound on the connections that the hub does not know yet.

They are nobody's, and are not announced: the header of their proxy is missing, or they
shake hands. So a peer that connects and sends nothing must not take a place for long.
"""

from typing import Protocol


class EarlyConnection(Protocol):
    """A connection that the hub does not know yet."""

    def abort(self) -> None:
        """Close its socket at once."""
        ...


class EarlyConnections:
    """At most *limit* early connections. One thread at a time may use it.

    If there are too many, the oldest one is aborted: in a flood of peers that send
    nothing, those that do send something still have the time for it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._current: dict[EarlyConnection, None] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._current)

    def add(self, connection: EarlyConnection) -> list[EarlyConnection]:
        """Count *connection*, and return those that the caller has to abort."""
        self._current[connection] = None
        if len(self._current) <= self._limit:
            return []
        oldest = next(iter(self._current))
        del self._current[oldest]
        return [oldest]

    def remove(self, connection: EarlyConnection) -> None:
        """Stop counting *connection*; calling this again has no effect."""
        self._current.pop(connection, None)

    def all(self) -> list[EarlyConnection]:
        """Return the early connections, the oldest first."""
        return list(self._current)
