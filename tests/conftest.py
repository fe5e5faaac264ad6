"""Settings for all tests."""

import signal

from hypothesis import settings

# Deadlines in milliseconds fail on a busy machine; pytest-timeout bounds each test.
settings.register_profile("parlour", deadline=None)
settings.load_profile("parlour")


def _ignore(*_: object) -> None:
    """Do nothing; started programs do not inherit this, unlike an ignored signal."""


# A shell ignores SIGINT for background programs, and nohup ignores SIGHUP.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, _ignore)
