"""The times of attempts to reconnect after an outage, and its duration.

Reconnecting uses exponential backoff with full jitter; the random numbers are an
argument.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from .display_items import Note

FIRST_DELAY: Final = 0.5  # seconds within which the first attempt is made
MAX_DELAY: Final = 30.0  # seconds between two attempts at most
MAX_RETRY_AFTER: Final = 600.0  # seconds that a server can make the client wait
STABLE_AFTER: Final = 60.0  # seconds; a connection this old resets the backoff
MAX_DOUBLINGS: Final = 6  # of FIRST_DELAY; MAX_DELAY is reached by then


class Phase(Enum):
    """The state of the client between two connections."""

    CONNECTED = auto()
    WAITING = auto()  # for the time of the next attempt
    DUE = auto()  # the driver should connect now
    CONNECTING = auto()


class Reconnect:
    """The times of the attempts to reconnect, with exponential backoff.

    Each delay is drawn between zero and its bound, so that the clients of a restarted
    server do not all connect at once, even if it asked all of them to wait for the
    same time. *jitter* returns numbers from 0 to 1.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._phase = Phase.CONNECTED
        self._attempts = 0
        self._connected_at = 0.0
        self.lost_at = 0.0  # when the last connection was lost
        self.attempt_at: float | None = None  # the next attempt, if one is planned

    @property
    def is_offline(self) -> bool:
        """Whether there is no connection."""
        return self._phase is not Phase.CONNECTED

    @property
    def is_due(self) -> bool:
        """Whether the driver should connect now."""
        return self._phase is Phase.DUE

    def connected(self, now: float) -> None:
        """Record a new connection. The backoff continues until it has lasted."""
        self._phase, self._connected_at = Phase.CONNECTED, now
        self.attempt_at = None

    def lost(self, now: float, retry_after: float = 0.0) -> None:
        """Plan the first attempt, *retry_after* seconds from now at the earliest."""
        self.lost_at = now
        if now - self._connected_at >= STABLE_AFTER:
            self._attempts = 0
        self._plan(now, min(retry_after, MAX_RETRY_AFTER))

    def failed(self, now: float) -> None:
        """Plan another attempt after one that failed."""
        self._plan(now, 0.0)

    def retry_now(self, now: float) -> None:
        """Make the planned attempt due at once."""
        if self.attempt_at is not None:
            self.attempt_at = now

    def tick(self, now: float) -> None:
        """Process the timer of the next attempt."""
        due = self.attempt_at
        if self._phase is Phase.WAITING and due is not None and now >= due:
            self._phase = Phase.DUE

    def attempt_started(self) -> None:
        """Record that the driver is connecting."""
        self._phase, self.attempt_at = Phase.CONNECTING, None

    def status(self, now: float) -> str:
        """Return the status for the prompt; it is empty while connected."""
        if self._phase is Phase.CONNECTED:
            return ""
        seconds = 0 if self.attempt_at is None else round(self.attempt_at - now)
        return f"(offline, {f'retry in {seconds}s' if seconds > 0 else 'trying'}) "

    def _plan(self, now: float, wait: float) -> None:
        bound = min(MAX_DELAY, FIRST_DELAY * 2**self._attempts)
        self._attempts = min(self._attempts + 1, MAX_DOUBLINGS)
        self._phase = Phase.WAITING
        self.attempt_at = now + wait + self._jitter() * bound


class Outage:
    """The time between the last data of a lost connection and the first data after it.

    It is reported once when it begins and once when it is over, however many attempts
    fail in between.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._seconds: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the outage has ended, and its end is not reported yet."""
        return self._seconds is not None

    @property
    def awaits_report(self) -> bool:
        """Whether a welcome has ended the outage, and that is not reported yet."""
        return self.is_over and self._since is None

    def begin(self, received_at: float) -> bool:
        """Record that the connection was lost; return False during an outage.

        *received_at* is when the connection last received data.
        """
        if self._since is not None:
            return False
        self._since = received_at
        return True

    def connected(self, now: float) -> None:
        """Record a new connection."""
        self._seconds = None if self._since is None else now - self._since

    def received(self, now: float) -> None:
        """Record that the new connection received data, before a welcome."""
        if self._seconds is not None and self._since is not None:
            self._seconds = now - self._since

    def welcomed(self) -> None:
        """Record a welcome: the outage does not last any longer."""
        self._since = None

    def end(self, summary: str) -> list[Note]:
        """Return the note that reports the end of the outage, once.

        *summary* says what happened to the messages in between.
        """
        if self._seconds is None:
            return []
        text = f"Reconnected after {round(self._seconds):,} s"
        self._since = self._seconds = None
        return [Note(f"{text}, {summary}" if summary else text)]
