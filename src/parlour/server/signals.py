"""What signals do, for both drivers."""

import signal
from collections.abc import Callable

from .ports import Driver


def handle_signals(
    handle: Callable[[int, Callable[[], None]], object], driver: Driver
) -> None:
    """Have *handle* call *driver* at each signal that means something."""
    handle(signal.SIGTERM, driver.stop)
    handle(signal.SIGINT, driver.stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        handle(signal.SIGHUP, driver.hang_up)
    handle(signal.SIGUSR1, driver.report)
