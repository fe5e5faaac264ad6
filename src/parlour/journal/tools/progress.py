"""Reports the progress of a long operation."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the amount done and the total amount; a total of 0 means unknown."""


def no_progress(_done: int, _total: int) -> None:
    """Report nothing."""
