"""Asserts that a function takes time in proportion to the size of its input.

A regular expression that is slow for some texts takes at least quadratic time for them,
that is, 64 times as long for a text of eight times the size.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final

SIZES: Final = (500, 4_000, 32_000)  # characters
MAX_GROWTH: Final = 24  # times as long for eight times the size; linear is 8
NEGLIGIBLE: Final = 0.002  # seconds
REPETITIONS: Final = 5


def assert_linear(
    function: Callable[[str], object], start: str, piece: str, end: str
) -> None:
    """Assert that *function* takes linear time for *start*, many *piece* and *end*."""
    taken = []
    for size in SIZES:  # the longest text is tried last: it may take hours
        text = f"{start}{piece * (size // len(piece))}{end}"
        taken.append(min(_seconds(function, text) for _ in range(REPETITIONS)))
        grown = [
            later / earlier for earlier, later in pairwise(taken) if later > NEGLIGIBLE
        ]
        assert not grown or max(grown) < MAX_GROWTH, f"{taken} s for {SIZES} characters"


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Return the processor time that one call takes."""
    start = time.thread_time()
    function(text)
    return time.thread_time() - start
