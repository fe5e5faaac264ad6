"""How long work on a whole history tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much; 0 if that is not known."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""
