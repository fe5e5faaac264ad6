"""When to try again after the connection ended. Pure: the dice are an argument."""

from collections.abc import Callable
from typing import Final

FIRST: Final = 0.5  # seconds within which the first attempt is made
LONGEST: Final = 30.0  # seconds between two attempts at the most
MOST_ASKED: Final = 600.0  # seconds that a server can make us wait before we come
STEADY: Final = 60.0  # seconds a connection has to last until we begin with FIRST again
MAX_DOUBLED: Final = 6  # times FIRST is doubled; LONGEST is reached by then


class Comeback:
    """Attempts that become rarer, each at a moment of its own.

    Every wait is drawn from between nothing and its bound, so that not all the
    clients of a server that was restarted come at once, not even where it told them
    all to wait as long. *roll* gives 0 to 1.
    """

    def __init__(self, roll: Callable[[], float]) -> None:
        self._roll = roll
        self._attempts = 0
        self._up_at = 0.0
        self.at: float | None = None  # of the next attempt, while there is to be one

    def connected(self, now: float) -> None:
        """Note that there is a connection; whether it is any good will be seen."""
        self._up_at, self.at = now, None

    def lost(self, now: float, wait: float = 0.0) -> None:
        """Plan the first attempt, but not before *wait* seconds, as the server said."""
        if now - self._up_at >= STEADY:
            self._attempts = 0
        self._plan(now, min(wait, MOST_ASKED))

    def failed(self, now: float) -> None:
        """Plan another attempt."""
        self._plan(now, 0.0)

    def hurry(self, now: float) -> None:
        """Try at once."""
        if self.at is not None:
            self.at = now

    def begun(self) -> None:
        """Note that the attempt is being made."""
        self.at = None

    def _plan(self, now: float, wait: float) -> None:
        bound = min(LONGEST, FIRST * 2**self._attempts)
        self._attempts = min(self._attempts + 1, MAX_DOUBLED)
        self.at = now + wait + self._roll() * bound
