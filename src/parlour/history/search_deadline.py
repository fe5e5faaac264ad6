"""The time limit of a search."""

from collections.abc import Callable
from typing import Final

from parlour.core.storage import StorageError

from .errors import stopping_error

SEARCH_TIMEOUT: Final = 1.0  # seconds


class SearchDeadline:
    """The deadline of the running search, by a monotonic clock.

    At most one thread searches at a time. Any thread may cancel the search.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._end = 0.0
        self._is_cancelled = False

    def start(self) -> None:
        """Set the deadline of a new search. Raises StorageError if cancelled."""
        self._end = self._steady() + SEARCH_TIMEOUT
        self.check()

    def cancel(self) -> None:
        """End the running search and all later ones. Any thread may call this."""
        self._is_cancelled = True

    @property
    def is_over(self) -> bool:
        """Whether the search has to end now."""
        return self._is_cancelled or self._steady() >= self._end

    def check(self) -> bool:
        """Return True, or raise StorageError if the search has to end now."""
        if self.is_over:
            raise self.error
        return True

    @property
    def error(self) -> StorageError:
        """The error that says why the search has to end."""
        if self._is_cancelled:
            return stopping_error()
        reason = "the search took too long: use rarer or fewer words"
        return StorageError("search_timeout", reason)
