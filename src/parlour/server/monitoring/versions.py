"""The versions of the programs that make up a server."""

import platform
from typing import NamedTuple

import parlour
from parlour.journal.sqlite.connections import SQLITE_VERSION


class Versions(NamedTuple):
    """The versions of a server, as labels of a metric."""

    version: str
    python: str
    uvloop: str
    """``""`` if the server does not use it."""
    sqlite: str
    engine: str


def versions(engine: str) -> Versions:
    """Return the versions of this server with its *engine*."""
    uvloop = ""
    if engine == "async":  # the other one does not load it
        from ..event_loops import UVLOOP_VERSION  # noqa: PLC0415

        uvloop = UVLOOP_VERSION
    python = platform.python_version()
    return Versions(parlour.__version__, python, uvloop, SQLITE_VERSION, engine)
