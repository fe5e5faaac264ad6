"""The location of a history, by option or default, and that of sockets without one."""

import os
from pathlib import Path
from typing import Final

from .errors import CannotStartError, CommandLineError
from .option_types import Memory

NO_HOME: Final = (
    "there is no home directory for the history: use --history FILE or --history memory"
)


def history_path(
    history: Path | Memory | None,
    port: int,
    error: type[CommandLineError] = CannotStartError,
) -> Path | None:
    """Return the file of the option *history* for a server on *port*; None for memory.

    Without the option, each port has a file in the user's state directory, except for
    a free port (0), whose file no later server would use. Raises *error* if there is
    no state directory.
    """
    if isinstance(history, Path):
        return history
    if history is not None or port == 0:
        return None
    directory = _state_directory()
    if directory is None:
        raise error(NO_HOME)
    return directory / f"history-{port}.db"


def runtime_directory() -> Path | None:
    """Return the directory for sockets that are not beside a history, if there is one.

    It is in ``$XDG_RUNTIME_DIR``, or else the state directory: only the user can write
    in either.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(runtime, "parlour") if runtime.startswith("/") else _state_directory()


def _state_directory() -> Path | None:
    from platformdirs import user_state_path  # noqa: PLC0415 -- rarely needed

    try:
        return user_state_path("parlour")
    except RuntimeError:  # HOME is not set, and the user has no entry
        return None
