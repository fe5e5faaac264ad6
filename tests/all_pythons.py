"""Run the tests on every Python that Parlour supports and this machine has.

Each gets an environment of its own in ``.venvs``, set up as ``make setup`` does.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = ["3.11", "3.12", "3.13"]


def works(command: str, version: str) -> bool:
    """Tell whether *command* starts a Python of *version*."""
    asked = [command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip() == version


def find(version: str) -> str | None:
    """Return the command of a Python of *version*, on the path or beside a pyenv."""
    named = shutil.which(f"python{version}")
    shelf = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    beside = sorted(map(str, shelf.glob(f"{version}.*/bin/python{version}")))
    found = [command for command in (named, *beside) if command]
    return next((command for command in found if works(command, version)), None)


def main() -> None:
    """Run them in turn, and fail if any fails or none is found."""
    tried: dict[str, str] = {}
    for version in VERSIONS:
        command = find(version)
        if command is None:
            tried[version] = "not found on this machine"
            continue
        print(f"--- Python {version} ({command})", flush=True)
        venv = f".venvs/{version}"
        made = subprocess.run(
            ["make", "test", f"PYTHON={command}", f"VENV={venv}"], cwd=ROOT, check=False
        )
        tried[version] = "passed" if made.returncode == 0 else "failed"
    for version, outcome in tried.items():
        print(f"Python {version}: {outcome}")
    if "failed" in tried.values() or "passed" not in tried.values():
        sys.exit(1)


if __name__ == "__main__":
    main()
