"""How many bytes wait, in both directions, for all connections together."""

from .connection import Connection


class Queues:
    """The sum of what connections have waiting: input, and output not taken."""

    def __init__(self) -> None:
        self.total = 0
        """Bytes."""

    def count(self, connection: Connection) -> None:
        """Count what *connection* has waiting now, in place of what it had."""
        size = connection.input.size + (connection.unsent or 0)
        if size != connection.queued:
            self.total += size - connection.queued
            connection.queued = size

    def forget(self, connection: Connection) -> None:
        """Count *connection*, which is over, no longer."""
        self.total -= connection.queued
        connection.queued = 0
