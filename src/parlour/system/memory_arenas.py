"""How many arenas the C library allocates memory from."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8  # of glibc's malloc.h


def use_one_arena() -> None:
    """Let all threads allocate from the same arena, if the C library has several.

    glibc gives threads up to eight arenas per processor, and each of them grows to what
    it once needed. Python's threads rarely allocate at the same time, so several
    arenas only cost memory.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such option
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
