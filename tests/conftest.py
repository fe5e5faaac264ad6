"""What holds for every test."""

import signal


def _ignore(*_: object) -> None:
    """Do nothing, as before; unlike an ignored signal, no program inherits this."""


# A shell ignores SIGINT for what runs in the background, and nohup ignores SIGHUP.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, _ignore)
