"""The assignment's client: ``python3 client.py 127.0.0.1 5555``."""

import os
import signal
import sys

# Ctrl-C ends it without a word from here on, until it knows better.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # see below

ROOT = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(ROOT, ".venv", "bin", "python")

# This much runs under any python3: it only finds the one that `make` set up.
if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(ROOT, ".venv")):
    if os.path.exists(os.path.join(ROOT, ".venv", "run.stamp")):
        # Python does not begin with a quiet Ctrl-C: the next one gets it later.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.execv(PYTHON, [PYTHON] + sys.argv)
    sys.exit("Parlour is not set up yet: run 'make run' (or 'make setup') in " + ROOT)

from parlour.cli import client

if __name__ == "__main__":
    client()
