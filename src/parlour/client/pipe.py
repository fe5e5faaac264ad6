"""Standard input, output and error: bytes in, whole lines out."""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final, TextIO

from .printer import Line, Printer, Widths
from .shown import Shown
from .terminal import columns
from .wrap import Width

READ_SIZE: Final = 16_384  # bytes of the input at a time


class ReaderGone(Exception):  # noqa: N818  (not an error: `| head` has had enough)
    """Nobody reads our output any more."""


class Pipe:
    """A screen of plain lines: the chat on standard output, the rest on error.

    Every call is flushed. Raises :class:`ReaderGone`, or OSError if the output
    cannot be written for another reason, a full disk for example.
    """

    def __init__(self, printer: Printer, *, timestamps: bool = False) -> None:
        self._printer = printer
        self._clock = "%H:%M " if timestamps else ""

    def show(self, shown: Sequence[Shown]) -> None:
        widths = Widths(_width(sys.stdout), _width(sys.stderr))
        lines = self._printer.lines(shown, time.strftime(self._clock), widths)
        for is_chat, group in groupby(lines, key=_is_chat):
            text = "".join(f"{line.text}\n" for line in group)
            if is_chat:
                self._print(text)
            else:
                complain(text)

    def _print(self, text: str) -> None:
        try:
            _write(sys.stdout, text)
        except BrokenPipeError:
            raise ReaderGone from None


def complain(text: str) -> None:
    """Write *text* to standard error, if there is anybody to read it."""
    with suppress(OSError):
        _write(sys.stderr, text)


def forget_output() -> None:
    """Let the interpreter's last flush go nowhere, after the reader went away."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def read_input(hear: Callable[[bytes], bool]) -> threading.Thread:
    """Start the thread that reads the standard input, and return it.

    It hands on every piece, in the end ``b""``, and stops early when *hear* says
    False. It never outlives the program: nobody can interrupt a read.
    """

    def read() -> None:
        descriptor = sys.stdin.fileno() if sys.stdin else -1
        data = b"?"
        while data:
            try:
                data = os.read(descriptor, READ_SIZE)
            except OSError:
                data = b""  # closed, or taken from a program in the background
            if not hear(data):
                break

    thread = threading.Thread(target=read, name="keyboard", daemon=True)
    thread.start()
    return thread


def _is_chat(line: Line) -> bool:
    return line.is_chat


def _width(stream: TextIO | None) -> Width | None:
    """Return how wide the terminal of *stream* is now, None if it has none."""
    found = columns(stream)
    return Width(found) if found else None


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        stream.buffer.write(text.encode(stream.encoding or "utf-8", "replace"))
        stream.flush()
