"""The location of a history, by option or default, and that of sockets without one."""

import os
from contextlib import suppress
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


def admin_sockets(history: Path | None, port: int, *, is_default: bool) -> list[Path]:
    """Return where a server with *history* may listen for its operator, in order.

    If *is_default*, nobody has named the history, and that of the server on *port* may
    be in memory.
    """
    from parlour.server.admin_socket.location import socket_path  # noqa: PLC0415

    runtime = runtime_directory()
    own, in_memory = (socket_path(each, port, runtime) for each in (history, None))
    found = [own] if own is not None else []
    with suppress(OSError):  # the runtime directory of another user
        if is_default and in_memory not in {None, own} and in_memory.exists():
            found.append(in_memory)
    return found


def _state_directory() -> Path | None:
    from platformdirs import user_state_path  # noqa: PLC0415 -- rarely needed

    try:
        return user_state_path("parlour")
    except RuntimeError:  # HOME is not set, and the user has no entry
        return None
