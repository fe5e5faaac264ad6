"""A bound on rejected connections that are not closed yet, for both drivers."""

from typing import Final

from parlour.core.events import SessionId

MAX_REJECTED: Final = 32  # rejected and not closed yet; one more is closed at once

REJECTED: Final = SessionId(0)
"""The session of a transport whose connection was rejected: it has none."""


class RejectedConnections:
    """The number of rejected connections that are not closed yet.

    A rejected peer has some time to read the reason, unless `MAX_REJECTED` others are
    using theirs: rejected connections must not use up the file descriptors.
    """

    def __init__(self) -> None:
        self._count = 0

    def add(self) -> bool:
        """Count a connection, and return whether its peer has time to read why."""
        self._count += 1
        return self._count <= MAX_REJECTED

    def remove(self) -> None:
        """Record that a rejected connection closed."""
        self._count -= 1
