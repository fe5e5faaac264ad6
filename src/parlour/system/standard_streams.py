"""Python's three streams, made so that what is written arrives whole, or fails."""

import os
import sys
from contextlib import suppress
from functools import cache
from io import BufferedReader, BufferedWriter, TextIOWrapper
from typing import Final, TextIO

from .descriptors import Descriptor, write_all
from .encodings import given_environ, terminal_encoding

STREAMS: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}  # as they are numbered
STANDARD_OUTPUT: Final = 1
STANDARD_ERROR: Final = 2


@cache
def open_missing_streams() -> frozenset[str]:
    """Open what a shell closed (``>&-``): nothing else shall be taken for it.

    Returns the names of the streams that were closed.
    """
    missing = set[str]()
    for number, (name, mode) in enumerate(STREAMS.items()):
        if getattr(sys, name) is None:
            missing.add(name)
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is free
            setattr(sys, name, os.fdopen(number, mode, closefd=False))
    return frozenset(missing)


def use_whole_streams() -> None:
    """Let :mod:`sys` have streams that wait, never write a part, and encode all.

    What the encoding does not have is spelled, by its code point. A stream that is
    no descriptor, as under a test runner, stays as it is.
    """
    environ = given_environ()
    for name, mode in STREAMS.items():
        old: TextIO = getattr(sys, name)
        with suppress(OSError, ValueError, AttributeError):
            raw = Descriptor(old.fileno(), mode)
            is_input, encoding = mode == "r", old.encoding
            if not is_input and raw.isatty():
                encoding = terminal_encoding(environ, encoding)
            new = TextIOWrapper(
                BufferedReader(raw) if is_input else BufferedWriter(raw),
                encoding=encoding,
                errors=old.errors if is_input else "backslashreplace",
                line_buffering=not is_input,
            )
            setattr(sys, name, new)


def forget_output() -> None:
    """Let what may still be buffered go nowhere, after writing has failed."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def complain(text: str) -> None:
    """Write *text* to standard error, if there is anybody to read it."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            encoding = sys.stderr.encoding or "utf-8"
            write_all(sys.stderr.fileno(), text.encode(encoding, "backslashreplace"))
