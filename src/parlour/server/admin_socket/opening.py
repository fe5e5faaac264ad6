"""Opens the admin socket of a server."""

import logging
import socket
from typing import Final

from ..config import Config
from ..event_log import log
from ..runtime import Runtime
from .listener import AdminListener, AdminSocketError
from .location import socket_path
from .process_acts import ProcessActs
from .service import AdminService

NO_PATH: Final = "its path would be too long, or others could write to its directory"


def open_admin_service(
    config: Config, runtime: Runtime, port: int
) -> AdminService | None:
    """Open the admin socket. Without one, the server serves all the same."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    path = socket_path(config.history, port, config.runtime_directory)
    if path is None:
        log(logging.WARNING, "admin.unavailable", reason=NO_PATH)
        return None
    try:
        listener = AdminListener(path)
    except AdminSocketError as exc:
        log(logging.WARNING, "admin.unavailable", reason=str(exc))
        return None
    process = ProcessActs(runtime, config.history)
    return AdminService(listener, runtime.hub, runtime.wall, runtime.read, process)
