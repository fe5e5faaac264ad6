"""Run the tests on every supported Python that is installed.

Each version has an environment in ``.venvs``, made by ``make setup``.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = ["3.11", "3.12", "3.13"]


def works(command: str, version: str) -> bool:
    """Return whether *command* starts a Python of *version*."""
    arguments = [command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    found = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip() == version


def find(version: str) -> str | None:
    """Return the command of a Python of *version*, from the path or pyenv."""
    on_path = shutil.which(f"python{version}")
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    from_pyenv = sorted(map(str, versions.glob(f"{version}.*/bin/python{version}")))
    found = [command for command in (on_path, *from_pyenv) if command]
    return next((command for command in found if works(command, version)), None)


def main() -> None:
    """Run the tests on each; exit with 1 if any fails or none is found."""
    outcomes: dict[str, str] = {}
    for version in VERSIONS:
        command = find(version)
        if command is None:
            outcomes[version] = "not found on this machine"
            continue
        print(f"--- Python {version} ({command})", flush=True)
        venv = f".venvs/{version}"
        tests = subprocess.run(
            ["make", "test", f"PYTHON={command}", f"VENV={venv}"], cwd=ROOT, check=False
        )
        outcomes[version] = "passed" if tests.returncode == 0 else "failed"
    for version, outcome in outcomes.items():
        print(f"Python {version}: {outcome}")
    if "failed" in outcomes.values() or "passed" not in outcomes.values():
        sys.exit(1)


if __name__ == "__main__":
    main()
