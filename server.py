"""The assignment's server: ``python3 server.py --port 5555``."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "src"))  # its own code, wherever it was set up

from parlour.checkout import environment  # any python3 may run this

PYTHON = environment(ROOT)
if PYTHON:
    os.execv(PYTHON, [PYTHON] + sys.argv)

from parlour.cli import server

if __name__ == "__main__":
    server()
