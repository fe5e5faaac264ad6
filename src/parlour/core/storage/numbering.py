"""How a store numbers the messages of a room."""

from collections.abc import Callable
from typing import Final

END_OF_SEQUENCES: Final = 1 << 62  # above the sequence of any message

Numbering = Callable[[int], int]
"""Returns the sequence of the message that follows the one with a given sequence."""


def consecutive(sequence: int) -> int:
    """Return the next sequence. No other code assumes that sequences have no holes."""
    return sequence + 1
