"""The assignment's client: ``python3 client.py 127.0.0.1 5555``."""

import os
import signal
import sys

# Ctrl-C ends the program without a traceback until it handles SIGINT itself.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # see below

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "src"))  # this checkout's code

from parlour.checkout import find_python  # works with any Python 3

PYTHON = find_python(ROOT)
if PYTHON:
    # While Python starts, Ctrl-C prints a traceback: block the signal until then.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(PYTHON, [PYTHON] + sys.argv)

from parlour.cli import client

if __name__ == "__main__":
    client()
