"""The signals that stop a driver, reload its configuration, or print its state."""

import os
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
        had_terminal = has_terminal()

        def hung_up() -> None:
            """Shut down if the terminal was closed; otherwise somebody sent this."""
            if had_terminal and not has_terminal():
                driver.hang_up()
            else:
                driver.reload()

        handle(signal.SIGHUP, hung_up)
    handle(signal.SIGUSR1, driver.report)


def has_terminal() -> bool:
    """Return whether the process has a controlling terminal that is open."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
