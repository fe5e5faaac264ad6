"""The terminal and the signals while the client starts, before its prompt runs."""

import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether *stream* is open, and a terminal."""
    return stream is not None and stream.isatty()


class Killed(BaseException):
    """A signal ends the program, which has to restore the terminal first."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _kill(number: int, _: FrameType | None) -> None:
    raise Killed(number)


@contextmanager
def delayed_interrupts() -> Iterator[None]:
    """Delay Ctrl-C: an interrupted import may print a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def raw_keyboard() -> Iterator[None]:
    """Turn off echo, line editing and CR translation until the prompt starts.

    The terminal is always restored afterwards.
    """
    descriptor = sys.stdin.fileno()
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the driver handles them
        signal.signal(number, _kill)
    before = termios.tcgetattr(descriptor)
    raw = termios.tcgetattr(descriptor)
    raw[0] &= ~termios.ICRNL
    raw[3] &= ~(termios.ECHO | termios.ICANON)
    try:
        termios.tcsetattr(descriptor, termios.TCSANOW, raw)
        yield
    finally:
        with suppress(termios.error):  # the terminal is closed
            # TCSADRAIN would wait for a terminal that accepts no output.
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
