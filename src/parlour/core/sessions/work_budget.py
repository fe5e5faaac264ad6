"""The work budget of a turn, in units, and each peer's share of it."""

from typing import Final

QUANTUM: Final = 1024  # units for one peer at a time, while the turn has units left
MIN_QUANTUM: Final = 16  # units for one peer's new input once the turn has none left
TURN_BUDGET: Final = 8192  # units in a turn: for new input, and again for waiting input

LINE_COST: Final = 1  # units: a message or a blank line; about two microseconds
BYTES_PER_UNIT: Final = 256  # of lines, since some JSON is slow to decode
ANSWER_COST: Final = 8  # additional units: a command with an immediate answer
RENAME_COST: Final = 128  # additional units: a name is normalised and compared
QUERY_COST: Final = 32  # additional units: a query of the history
USERS_PER_UNIT: Final = 8  # of an answer to `users`


class WorkBudget:
    """The units left in a turn, for new input and for waiting input.

    A peer without waiting input always gets at least `MIN_QUANTUM` units, even if
    others send a lot. Input beyond the budget waits for the next turn.
    """

    def __init__(self) -> None:
        self._new = self._waiting = TURN_BUDGET

    @property
    def has_waiting_units(self) -> bool:
        """Whether more waiting input may be processed in this turn."""
        return self._waiting > 0

    @property
    def new_quantum(self) -> int:
        """Units for a peer whose input has just arrived."""
        return QUANTUM if self._new > 0 else MIN_QUANTUM

    def renew(self) -> None:
        """Restore the full budget, for a new turn."""
        self._new = self._waiting = TURN_BUDGET

    def spend_new(self, work: int) -> None:
        """Count work on input that has just arrived."""
        self._new -= work

    def spend_waiting(self, work: int) -> None:
        """Count work on input that waited."""
        self._waiting -= work
