"""How the two programs of a checkout find the Python that `make` set up for it.

Any python3 may run this, however old.
"""

import importlib.util
import os
import sys

SETUP = "run 'make run' (or 'make setup') in "


def environment(root: str) -> str:
    """Return the Python to go on with in the checkout *root*, or "": it is this one.

    Ends the program with one line if nothing is set up there, or does not work.
    """
    place = os.path.join(root, ".venv")
    python = os.path.join(place, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(place):
        if importlib.util.find_spec("click") is None:
            sys.exit("parlour: the Python of .venv has changed: " + SETUP + root)
        return ""
    if not os.path.exists(os.path.join(place, "run.stamp")):
        sys.exit("Parlour is not set up yet: " + SETUP + root)
    if os.path.abspath(sys.executable) == python or not os.access(python, os.X_OK):
        sys.exit("parlour: .venv does not work any more: " + SETUP + root)
    return python
