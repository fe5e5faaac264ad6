"""Reliable standard streams: a write is complete, or fails with an error."""

import os
import sys
from contextlib import suppress
from functools import cache
from io import BufferedReader, BufferedWriter, TextIOWrapper
from typing import Final, TextIO

from .descriptors import DescriptorStream, write_all
from .encodings import original_environ, terminal_encoding

STREAMS: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}  # in order of descriptor
STANDARD_OUTPUT: Final = 1
STANDARD_ERROR: Final = 2


@cache
def open_missing_streams() -> frozenset[str]:
    """Open the standard streams that a shell closed (``>&-``) on ``/dev/null``.

    Otherwise the next file that is opened would get the descriptor of a standard
    stream. Returns the names of the streams that were closed.
    """
    missing = set[str]()
    for number, (name, mode) in enumerate(STREAMS.items()):
        if getattr(sys, name) is None:
            missing.add(name)
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, this one
            setattr(sys, name, os.fdopen(number, mode, closefd=False))
    return frozenset(missing)


def install_reliable_streams() -> None:
    """Replace the streams of :mod:`sys` with ones that always write everything.

    They block on a full descriptor even if it is non-blocking, and write a character
    that the encoding does not have as an escape sequence. A stream without a
    descriptor, as under a test runner, is not replaced.
    """
    environ = original_environ()
    for name, mode in STREAMS.items():
        old: TextIO = getattr(sys, name)
        with suppress(OSError, ValueError, AttributeError):
            raw = DescriptorStream(old.fileno(), mode)
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


def discard_output() -> None:
    """Discard what is still buffered for standard output, after a write has failed."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def print_error(text: str) -> None:
    """Write *text* to standard error; ignore errors."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            encoding = sys.stderr.encoding or "utf-8"
            write_all(sys.stderr.fileno(), text.encode(encoding, "backslashreplace"))
