"""Whether the server is still there: a question after a silence, and a last wait.

TCP alone may take a quarter of an hour to notice that a cable was pulled.
"""

from typing import Final

SILENCE: Final = 30.0  # seconds without a byte after which we ask
ANSWER: Final = 20.0  # seconds until an answer, or anything else, has come
LOOK_EVERY: Final = 5.0  # seconds; a look that comes later by as much is a jump


class Heartbeat:
    """One connection's signs of life. Any byte is one."""

    def __init__(self, now: float) -> None:
        self.heard_at = self._looked = now
        """When the last byte came; at first, when the connection began."""
        self._asked: float | None = None

    @property
    def deadline(self) -> float:
        """When to look again."""
        end = self.heard_at + SILENCE if self._asked is None else self._asked + ANSWER
        return min(end, self._looked + LOOK_EVERY)

    def heard(self, now: float) -> None:
        """Note that something came."""
        self.heard_at, self._asked = now, None

    def asks(self, now: float) -> bool:
        """Look at the clock, and tell whether the server is to be asked now.

        After a jump of the clock, as when the machine slept, it is asked at once: it
        may have given us up long ago.
        """
        has_jumped = now > self._looked + 2 * LOOK_EVERY
        self._looked = now
        if has_jumped or (self._asked is None and now >= self.heard_at + SILENCE):
            self._asked = now
            return True
        return False

    def is_lost(self, now: float) -> bool:
        """Tell whether it was asked and has not answered for too long."""
        return self._asked is not None and now >= self._asked + ANSWER
