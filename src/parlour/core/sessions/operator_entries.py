"""The entries that the operator of the machine has asked for."""

from collections.abc import Sequence

from ..events import Refused
from ..state.effects import Effect, Void


class OperatorEntries:
    """Remembers these entries, by their numbers, until they are settled.

    No connection has proposed them, so the outcome cannot be sent to one.
    """

    def __init__(self) -> None:
        self._expected: set[int] = set()
        self._settled: list[tuple[int, Refused | None]] = []

    def expect(self, number: int) -> int:
        """Remember the entry with this number, and return the number."""
        self._expected.add(number)
        return number

    def note(self, number: int, effects: Sequence[Effect]) -> None:
        """Keep what became of an entry, if it is one of these."""
        if number in self._expected:
            self._expected.remove(number)
            void = (each.why for each in effects if isinstance(each, Void))
            self._settled.append((number, next(void, None)))

    def take_settled(self) -> list[tuple[int, Refused | None]]:
        """Return those that are settled, each once, and why each had no effect."""
        settled, self._settled = self._settled, []
        return settled
