"""The wheel and the source distribution of this checkout, and an installation."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final, NamedTuple

from parlour import __version__

from .launch import ROOT

NAME: Final = f"parlour-{__version__}"
WHEEL: Final = f"{NAME}-py3-none-any.whl"


class Built(NamedTuple):
    """The files of one build."""

    wheel: Path
    sdist: Path


def build(checkout: Path, folder: Path, *kinds: str) -> None:
    """Build distributions of *checkout* into *folder*, without a network."""
    targets = [option for kind in kinds for option in ("--target", kind)]
    run(sys.executable, "-m", "hatchling", "build", *targets, "-d", folder, at=checkout)


def run(*command: str | Path, at: Path) -> None:
    done = subprocess.run(
        command, cwd=at, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def build_all(folder: Path) -> Built:
    """Build both kinds into *folder*."""
    build(ROOT, folder, "sdist", "wheel")
    return Built(folder / WHEEL, folder / f"{NAME}.tar.gz")


def install(wheel: Path, folder: Path) -> None:
    """Create an environment in *folder* with the wheel, and the libraries of this one.

    Of this environment it sees the libraries, but not the checkout: the file that names
    that is not read, because it is not in a site directory of the new one.
    """
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(*pip, "install", *quiet, wheel, at=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
