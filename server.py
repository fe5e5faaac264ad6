"""The assignment's server: ``python3 server.py --port 5555``."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(ROOT, ".venv", "bin", "python")

# This much runs under any python3: it only finds the one that `make` set up.
if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(ROOT, ".venv")):
    if os.path.exists(os.path.join(ROOT, ".venv", "run.stamp")):
        os.execv(PYTHON, [PYTHON] + sys.argv)
    sys.exit("Parlour is not set up yet: run 'make run' (or 'make setup') in " + ROOT)

from parlour.cli import server

if __name__ == "__main__":
    server()
