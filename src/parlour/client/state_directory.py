"""The directory for what the client keeps from one run to the next."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .options import Options

KEY_FILE: Final = "keys.json"
"""The file with the keys of this device."""


def state_directory(environ: Mapping[str, str]) -> Path | None:
    """Return the directory for the state of a user's programs; None without a home.

    As the XDG base directory specification says, a relative path is ignored.
    """
    if (found := Path(environ.get("XDG_STATE_HOME", ""))).is_absolute():
        return found / "parlour"
    home = Path(environ.get("HOME", ""))
    return home / ".local" / "state" / "parlour" if home.is_absolute() else None


def state_file(options: Options, name: str) -> Path | None:
    """Return a file that is kept for the next run, if there is to be one."""
    state = None if options.no_state else state_directory(os.environ)
    return None if state is None else state / name
