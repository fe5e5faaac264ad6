"""The limit on waiting bytes, in both directions, for all connections together."""

from collections.abc import Iterable
from operator import itemgetter

from ..delivery.queued_answers import QueuedAnswers
from .closing import Closing
from .connection import Connection, State


class QueueLimit:
    """The bytes of unprocessed input, unsent output and large *answers*.

    All connections together may have at most *limit* bytes. Above the limit, the
    connections with the most bytes are aborted.
    """

    def __init__(self, limit: int, answers: QueuedAnswers, closing: Closing) -> None:
        self._limit, self._answers, self._closing = limit, answers, closing
        self._total = 0  # bytes of input and output

    @property
    def limit(self) -> int:
        """The bytes that all connections together may have."""
        return self._limit

    @property
    def size(self) -> int:
        """The bytes that wait now."""
        return self._total + self._answers.size

    @property
    def is_exceeded(self) -> bool:
        """Whether the waiting bytes exceed the limit."""
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

    def abort_largest(self, connections: Iterable[Connection]) -> None:
        """Abort the largest of *connections*, until an eighth of the limit is free."""
        for size, connection in self._largest(connections):
            reason = f"had {size:,} bytes queued, the most of all connections"
            self._closing.abort(connection, "too_much_queued", reason)
            self.remove(connection)

    def _largest(
        self, connections: Iterable[Connection]
    ) -> list[tuple[int, Connection]]:
        """Return the largest connections, which are to be aborted, and their sizes."""
        sizes = [
            (
                connection.queued + self._answers.size_of(connection.id),
                connection,
            )
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
            found.append((size, connection))
        return found
