"""The directory for what the client keeps from one run to the next."""

from collections.abc import Mapping
from pathlib import Path


def state_directory(environ: Mapping[str, str]) -> Path | None:
    """Return the directory for the state of a user's programs; None without a home.

    As the XDG base directory specification says, a relative path is ignored.
    """
    if (found := Path(environ.get("XDG_STATE_HOME", ""))).is_absolute():
        return found / "parlour"
    home = Path(environ.get("HOME", ""))
    return home / ".local" / "state" / "parlour" if home.is_absolute() else None
