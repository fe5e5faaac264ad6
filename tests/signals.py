"""Signals that a shell or nohup lets programs ignore."""

import signal


def _ignore(*_: object) -> None:
    """Do nothing; started programs do not inherit this, unlike an ignored signal."""


def heed_signals() -> None:
    """Let programs that this one starts notice the signals that this one ignores.

    A shell ignores SIGINT for background programs, and nohup ignores SIGHUP.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _ignore)
