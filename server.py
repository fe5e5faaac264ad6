"""The assignment's server: ``python3 server.py --port 5555``."""

import os
import signal
import sys

# Ctrl-C ends it without a word from here on, until it knows better.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # see below

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "src"))  # its own code, wherever it was set up

from parlour.checkout import environment  # any python3 may run this

PYTHON = environment(ROOT)
if PYTHON:
    # Python does not begin with a quiet Ctrl-C: the next one gets it later.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(PYTHON, [PYTHON] + sys.argv)

from parlour.cli import server

if __name__ == "__main__":
    server()
