"""Find the Python that `make` set up for a checkout.

Any python3 can run this, however old. Run as a program, it makes the environment
relocatable: pip writes absolute paths into it.
"""

import glob
import importlib.util
import os
import sys

RUN_BESIDE = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/python "$0" "$@"
' '''
"""
"""First lines of a script for the Python beside it, which reads them as a string."""

SETUP = "run 'make run' (or 'make setup') in "


def environment(root: str) -> str:
    """Return the Python that the checkout *root* runs with, or "" if this is it.

    Ends the program with one line if the environment is missing or does not work.
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


def make_movable(place: str, source: str) -> None:
    """Make the environment *place* refer to the code in *source* by a relative path."""
    packages = os.path.join(place, "lib", "python*", "site-packages")
    for path in glob.glob(os.path.join(packages, "*_parlour.pth")):
        with open(path, "w") as file:
            file.write(os.path.relpath(source, os.path.dirname(path)) + "\n")
    command = os.path.join(place, "bin", "parlour")
    with open(command) as file:
        lines = file.read().splitlines(True)
    if lines[0] != "#!/bin/sh\n":
        with open(command, "w") as file:
            file.write(RUN_BESIDE + "".join(lines[1:]))


if __name__ == "__main__":
    make_movable(sys.argv[1], sys.argv[2])
