"""The limit of the bytes that wait, in both directions, for all connections."""

from collections.abc import Iterable
from operator import itemgetter

from ..delivery.queued_answers import QueuedAnswers
from .connection import Connection, State


class QueueLimit:
    """The bytes of unprocessed input, unsent output and large *answers*.

    All connections together may have at most *limit* bytes.
    """

    def __init__(self, limit: int, answers: QueuedAnswers) -> None:
        self._limit, self._answers = limit, answers
        self._total = 0  # bytes of input and output

    @property
    def is_exceeded(self) -> bool:
        """Whether more bytes wait than may."""
        return self._total + self._answers.size > self._limit

    def update(self, connection: Connection) -> None:
        """Count the bytes that *connection* has queued now."""
        size = connection.input.size + connection.unsent
        if size != connection.queued:
            self._total += size - connection.queued
            connection.queued = size

    def remove(self, connection: Connection) -> None:
        """Stop counting *connection*, which is closed."""
        self._total -= connection.queued
        connection.queued = 0

    def largest(self, connections: Iterable[Connection]) -> list[Connection]:
        """Return the largest *connections*, enough to free an eighth of the limit."""
        sizes = [
            (self.size_of(connection), connection)
            for connection in connections
            if connection.state is not State.CLOSED
        ]
        sizes.sort(key=itemgetter(0), reverse=True)
        excess = self._total + self._answers.size - (self._limit - self._limit // 8)
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
