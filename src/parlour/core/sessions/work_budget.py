"""How much of one peer's input is processed before others have their turn."""

from typing import Final

QUANTUM: Final = 1024  # units of work for one peer at a time, where nothing waits
LEAST: Final = 16  # units for one peer's new input once a turn has done its share
TURN: Final = 8192  # units in one turn: new input as much, and waiting input as much

LINE: Final = 1  # units: one message, or a blank line; about two microseconds
BYTES_PER_UNIT: Final = 256  # of lines: JSON that is no message is slow to read
ANSWER: Final = 8  # units besides: a command that is answered at once
RENAME: Final = 128  # units besides: names are normalised and compared
QUESTION: Final = 32  # units besides: something is read from the history
USERS_PER_UNIT: Final = 8  # of an answer to `users`


class WorkBudget:
    """What is left of a turn's work, for new input and for input that waited.

    Whoever has nothing waiting is always heard a little at once, however much the
    others send; what exceeds the budget waits for the next turn, peer by peer.
    """

    def __init__(self) -> None:
        self._fresh = self._waiting = TURN

    @property
    def has_time(self) -> bool:
        """Whether more of the input that waits may be processed in this turn."""
        return self._waiting > 0

    def renew(self) -> None:
        """Begin a turn."""
        self._fresh = self._waiting = TURN

    @property
    def fresh_quantum(self) -> int:
        """Units for a peer whose input has just come."""
        return QUANTUM if self._fresh > 0 else LEAST

    def spend_fresh(self, work: int) -> None:
        """Count work on input that has just come."""
        self._fresh -= work

    def spend_waiting(self, work: int) -> None:
        """Count work on input that waited."""
        self._waiting -= work
