"""How long a search may take."""

from collections.abc import Callable
from typing import Final

from parlour.core.storage import StorageError

from .query_queue import stopping

SEARCH_TIME: Final = 1.0  # seconds


class Deadline:
    """The end of the search that runs, by the *steady* clock.

    One thread at a time searches.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._end = 0.0
        self._is_cancelled = False

    def start(self) -> None:
        """Begin a search. Raises HistoryError if there are to be no more."""
        self._end = self._steady() + SEARCH_TIME
        self.check()

    def cancel(self) -> None:
        """End the search that runs, and all later ones. Any thread may call."""
        self._is_cancelled = True

    @property
    def is_over(self) -> bool:
        """Whether the search has to end now."""
        return self._is_cancelled or self._steady() >= self._end

    def check(self) -> bool:
        """Raise HistoryError if the search has to end now, else return True."""
        if self.is_over:
            raise self.error
        return True

    @property
    def error(self) -> StorageError:
        """Why the search had to end."""
        if self._is_cancelled:
            return stopping()
        reason = "the search took too long: use rarer or fewer words"
        return StorageError("search_timeout", reason)
