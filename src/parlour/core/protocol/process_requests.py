"""The requests of the operator that are about the running server, not its history."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from ..events import Value
from ..log_level import LogLevel

MAX_PATH: Final = 4096  # characters of the path of a backup

Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
Path = Annotated[str, msgspec.Meta(max_length=MAX_PATH, pattern=r"^/[^\x00]+\Z")]


class _Form(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """The data of a request about the process."""


class ListOnline(_Form, frozen=True, gc=False):
    """Return the first users after the session with the number *after*."""

    after: Number = 0


class ListOpenRooms(_Form, frozen=True, gc=False):
    """Return the first open rooms after the one with the number *after*."""

    after: Number = 0


class Reload(_Form, frozen=True, gc=False):
    """Reload the configuration."""


class DrainServer(_Form, frozen=True, gc=False):
    """Shut the server down, as SIGTERM does."""


class MakeBackup(_Form, frozen=True, gc=False):
    """Copy the history to the new *file*, an absolute path on the server's machine."""

    file: Path


class ShowStats(_Form, frozen=True, gc=False):
    """Return the totals of the server."""


class SetLogLevel(_Form, frozen=True, gc=False):
    """Log events of this *level* and above, until the next reload or restart."""

    level: LogLevel


ProcessRequest = (ListOnline | ListOpenRooms | Reload | DrainServer) | (
    MakeBackup | ShowStats | SetLogLevel
)

PROCESS_REQUESTS: Final[Mapping[str, type[ProcessRequest]]] = {
    "users": ListOnline,
    "rooms": ListOpenRooms,
    "reload": Reload,
    "drain": DrainServer,
    "backup": MakeBackup,
    "stats": ShowStats,
    "log-level": SetLogLevel,
}
"""These requests, by the type of their lines. Only a server can answer them."""
