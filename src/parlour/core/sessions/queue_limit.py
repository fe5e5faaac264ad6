"""How many bytes wait, in both directions, for all connections together."""

from collections.abc import Iterable
from operator import itemgetter

from ..delivery.queued_answers import QueuedAnswers
from .connection import Connection, State


class QueueLimit:
    """All that waits: input, output that was not taken, and large *answers*.

    Together it may be *most* bytes.
    """

    def __init__(self, most: int, answers: QueuedAnswers) -> None:
        self._most, self._answers = most, answers
        self._total = 0  # bytes; of input and output

    @property
    def are_full(self) -> bool:
        """Whether more waits than may."""
        return self._total + self._answers.size > self._most

    def count(self, connection: Connection) -> None:
        """Count what *connection* has waiting now, in place of what it had."""
        size = connection.input.size + (connection.unsent or 0)
        if size != connection.queued:
            self._total += size - connection.queued
            connection.queued = size

    def forget(self, connection: Connection) -> None:
        """Count *connection*, which is over, no longer."""
        self._total -= connection.queued
        connection.queued = 0

    def largest(self, connections: Iterable[Connection]) -> list[Connection]:
        """Return those of *connections* with most waiting, until an eighth is free."""
        sizes = [
            (self.size_of(connection), connection)
            for connection in connections
            if connection.state is not State.OVER
        ]
        sizes.sort(key=itemgetter(0), reverse=True)
        excess = self._total + self._answers.size - (self._most - self._most // 8)
        found = []
        for size, connection in sizes:
            if excess <= 0:
                break
            excess -= size
            found.append(connection)
        return found

    def size_of(self, connection: Connection) -> int:
        """Return how many bytes wait for and from *connection*."""
        return connection.queued + self._answers.size_of(connection.session)
