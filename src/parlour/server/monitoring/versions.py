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
    tls: str
    """The library for TLS and its version, such as ``OpenSSL 3.0.11``."""
    engine: str


def versions(engine: str) -> Versions:
    """Return the versions of a server with its *engine*."""
    from ssl import OPENSSL_VERSION  # noqa: PLC0415 -- few servers need it

    uvloop = ""
    if engine == "async":  # the other one does not load it
        from ..event_loops import UVLOOP_VERSION  # noqa: PLC0415

        uvloop = UVLOOP_VERSION
    python = platform.python_version()
    tls = " ".join(OPENSSL_VERSION.split()[:2])  # without its date
    return Versions(parlour.__version__, python, uvloop, SQLITE_VERSION, tls, engine)
