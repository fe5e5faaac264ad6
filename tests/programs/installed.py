"""Programs of the system that some tests need."""

import os
import shutil

import pytest


def require(program: str) -> str:
    """Return the path of *program*; skip the test without it, or fail in CI."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    missing = f"{program} is missing: `make system-deps` installs it"
    if not found and os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    if not found:
        pytest.skip(missing)
    return found
