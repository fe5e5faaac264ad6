"""The three streams that every program has, or should."""

import os
import sys
from typing import Final

STREAMS: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}  # as they are numbered


def open_missing_streams() -> None:
    """Open what a shell closed (``>&-``): nothing else shall be taken for it."""
    for number, (name, mode) in enumerate(STREAMS.items()):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is free
            setattr(sys, name, os.fdopen(number, mode))
