"""The signals that stop a driver, or print the state of the server."""

import signal
from collections.abc import Callable

from .driver_contract import Driver


def handle_signals(
    handle: Callable[[int, Callable[[], None]], object], driver: Driver
) -> None:
    """Register methods of *driver* as signal handlers, with *handle*."""
    handle(signal.SIGTERM, driver.stop)
    handle(signal.SIGINT, driver.stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        handle(signal.SIGHUP, driver.hang_up)
    handle(signal.SIGUSR1, driver.report)
