"""A bound on rejected connections that are not closed yet, for both drivers."""

from typing import Final

from parlour.core.events import ConnectionId

MAX_REJECTED: Final = 32  # open at the same time; further ones are closed at once

REJECTED: Final = ConnectionId(0)
"""The connection of a transport whose connection was rejected: it has none."""


class RejectedConnections:
    """The number of rejected connections that are not closed yet.

    A rejected connection stays open for a while, so that its peer can read the reason,
    unless `MAX_REJECTED` others are open: they must not use up the file descriptors.
    """

    def __init__(self) -> None:
        self._count = 0

    def add(self) -> bool:
        """Count a connection, and return whether it may stay open for a while."""
        self._count += 1
        return self._count <= MAX_REJECTED

    def remove(self) -> None:
        """Record that a rejected connection closed."""
        self._count -= 1
