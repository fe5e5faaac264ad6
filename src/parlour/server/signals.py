"""What signals do, for both drivers."""

import signal
from collections.abc import Callable
from typing import Protocol


class SignalTarget(Protocol):
    """A driver that can be told to end, and to print a page of state."""

    def stop(self) -> None:
        """End every connection in order; when called again, at once."""

    def hang_up(self) -> None:
        """End every connection in order, however often it is called.

        The shell and the system may both send the signal.
        """

    def report(self) -> None:
        """Print a page of state."""


def handle_signals(
    handle: Callable[[int, Callable[[], None]], object], server: SignalTarget
) -> None:
    """Have *handle* call *server* at each signal that means something."""
    handle(signal.SIGTERM, server.stop)
    handle(signal.SIGINT, server.stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        handle(signal.SIGHUP, server.hang_up)
    handle(signal.SIGUSR1, server.report)
