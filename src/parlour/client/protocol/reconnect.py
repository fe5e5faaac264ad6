"""When to try again after the connection ended. Pure: the dice are an argument."""

from collections.abc import Callable
from typing import Final

FIRST: Final = 0.5  # seconds within which the first attempt is made
LONGEST: Final = 30.0  # seconds between two attempts at the most
MOST_ASKED: Final = 600.0  # seconds that a server can make us wait before we come
STEADY: Final = 60.0  # seconds a connection has to last until we begin with FIRST again
MAX_DOUBLED: Final = 6  # times FIRST is doubled; LONGEST is reached by then


class Reconnect:
    """Attempts that become rarer, each at a moment of its own.

    Every wait is drawn from between nothing and its bound, so that not all the
    clients of a server that was restarted come at once, not even where it told them
    all to wait as long. *roll* gives 0 to 1.
    """

    def __init__(self, roll: Callable[[], float]) -> None:
        self._roll = roll
        self._attempts = 0
        self._up_at = 0.0
        self.is_away = False
        self.since = 0.0  # when the connection was last lost
        self.at: float | None = None  # of the next attempt, while there is to be one
        self.is_due = False

    def connected(self, now: float) -> None:
        """Note that there is a connection; whether it is any good will be seen."""
        self.is_away, self._up_at, self.at = False, now, None

    def lost(self, now: float, wait: float = 0.0) -> None:
        """Plan the first attempt, but not before *wait* seconds, as the server said."""
        self.is_away, self.since = True, now
        if now - self._up_at >= STEADY:
            self._attempts = 0
        self._plan(now, min(wait, MOST_ASKED))

    def failed(self, now: float) -> None:
        """Plan another attempt."""
        self._plan(now, 0.0)

    def hurry(self, now: float) -> None:
        """Let the next attempt be due at once."""
        if self.at is not None:
            self.at = now

    def tick(self, now: float) -> None:
        """Learn the time."""
        self.is_due |= self.at is not None and now >= self.at

    def begun(self) -> None:
        """Note that the attempt is being made."""
        self.at, self.is_due = None, False

    def status(self, now: float) -> str:
        """Return what a person has to know while we are away."""
        if not self.is_away:
            return ""
        if self.at is None:
            return "(offline, trying) "
        return f"(offline, retry in {max(0, round(self.at - now))}s) "

    def _plan(self, now: float, wait: float) -> None:
        bound = min(LONGEST, FIRST * 2**self._attempts)
        self._attempts = min(self._attempts + 1, MAX_DOUBLED)
        self.at = now + wait + self._roll() * bound
