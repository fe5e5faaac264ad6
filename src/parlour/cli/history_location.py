"""The location of a history: the file of --history, or the default for a port."""

from pathlib import Path
from typing import Final

from .errors import CANNOT_START, fail
from .option_types import Memory

NO_HOME: Final = (
    "there is no home directory for the history: use --history FILE or --history memory"
)


def history_path(
    history: Path | Memory | None, port: int, exit_code: int = CANNOT_START
) -> Path | None:
    """Return the file of the option *history* for a server on *port*; None for memory.

    Without the option, each port has a file in the user's state directory, except for
    a free port (0), whose file no later server would use. Exits with *exit_code* if
    there is no state directory.
    """
    if isinstance(history, Path):
        return history
    if history is not None or port == 0:
        return None
    from platformdirs import user_state_path  # noqa: PLC0415 -- rarely needed

    try:
        directory = user_state_path("parlour")
    except RuntimeError:  # HOME is not set, and the user has no entry
        fail(NO_HOME, exit_code)
    return directory / f"history-{port}.db"
