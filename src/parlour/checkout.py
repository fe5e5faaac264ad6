"""Find the virtual environment of a checkout, and make it relocatable.

Every version of Python 3 can import this module. As a program, it replaces the absolute
paths that pip writes into the environment.
"""

import glob
import importlib.util
import os
import sys

RELATIVE_SHEBANG = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/python "$0" "$@"
' '''
"""
"""First lines of a script that run it with the Python beside it.

For Python, the second and third line are a string.
"""

SETUP = "run 'make run' (or 'make setup') in "


def find_python(root: str) -> str:
    """Return the Python of the checkout *root*, or "" if it runs this program.

    Exits with a message of one line if the environment is missing or broken.
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
        sys.exit("parlour: .venv no longer works: " + SETUP + root)
    return python


def make_relocatable(place: str, source: str) -> None:
    """Replace absolute paths in the environment *place* to itself and to *source*."""
    packages = os.path.join(place, "lib", "python*", "site-packages")
    for path in glob.glob(os.path.join(packages, "*_parlour.pth")):
        with open(path, "w") as file:
            file.write(os.path.relpath(source, os.path.dirname(path)) + "\n")
    command = os.path.join(place, "bin", "parlour")
    with open(command) as file:
        lines = file.read().splitlines(True)
    if lines[0] != "#!/bin/sh\n":
        with open(command, "w") as file:
            file.write(RELATIVE_SHEBANG + "".join(lines[1:]))


if __name__ == "__main__":
    make_relocatable(sys.argv[1], sys.argv[2])
