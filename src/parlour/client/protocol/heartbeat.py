"""Whether the server still responds: a ping after a silence, and a timeout.

TCP alone may take a quarter of an hour to notice that a cable was pulled.
"""

from typing import Final

PING_AFTER: Final = 30.0  # seconds without data after which the client sends a ping
PONG_TIMEOUT: Final = 20.0  # seconds for the server to send anything after a ping
CHECK_INTERVAL: Final = 5.0  # seconds; a much later check means that the clock jumped


class Heartbeat:
    """The pings of one connection, and the time of the last received data."""

    def __init__(self, now: float) -> None:
        self.received_at = self._checked_at = now
        """The time of the last received data; until then, of the connection."""
        self._pinged_at: float | None = None

    @property
    def deadline(self) -> float:
        """The time of the next check."""
        end = self.received_at + PING_AFTER
        if self._pinged_at is not None:
            end = self._pinged_at + PONG_TIMEOUT
        return min(end, self._checked_at + CHECK_INTERVAL)

    def received(self, now: float) -> None:
        """Record that data was received."""
        self.received_at, self._pinged_at = now, None

    def check(self, now: float) -> bool:
        """Return whether to send a ping now; if so, start its timeout.

        After a jump of the clock, as when the machine slept, a ping is due at once:
        the server may have closed the connection long ago.
        """
        has_jumped = now > self._checked_at + 2 * CHECK_INTERVAL
        self._checked_at = now
        is_silent = self._pinged_at is None and now >= self.received_at + PING_AFTER
        if has_jumped or is_silent:
            self._pinged_at = now
            return True
        return False

    def has_timed_out(self, now: float) -> bool:
        """Return whether the last ping has been unanswered for too long."""
        return self._pinged_at is not None and now >= self._pinged_at + PONG_TIMEOUT
