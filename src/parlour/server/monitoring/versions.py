"""The versions of the programs that make up a server."""

import platform
from importlib.metadata import PackageNotFoundError, version
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
    uvloop = _uvloop() if engine == "async" else ""
    python = platform.python_version()
    return Versions(parlour.__version__, python, uvloop, SQLITE_VERSION, engine)


def _uvloop() -> str:
    try:
        return version("uvloop")
    except PackageNotFoundError:  # a platform without it
        return ""
