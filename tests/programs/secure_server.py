"""A real server with TLS and pages."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.server.tls.pairs import Pair

from .launch import Server, free_port, start_server
from .sandbox import Sandbox


class Ports(NamedTuple):
    """Where a server listens; 0 if it does not."""

    plain: int
    tls: int = 0
    page: int = 0
    secure_page: int = 0


def start_secure_server(
    sandbox: Sandbox, engine: str, history: Path, pair: Pair
) -> tuple[Server, Ports]:
    """Start a server, and return it with all of its ports."""
    page = free_port()
    server = start_server(
        *(sandbox, engine, "--history", str(history)),
        *("--tls-cert", str(pair.cert), "--tls-key", str(pair.key)),
        *("--tls-port", "0", "--web-port", str(page), "--web-tls-port", "0"),
    )
    lines = server.program.err.lines
    (found,) = [json.loads(line) for line in lines if '"listening"' in line]
    return server, ports_of(found, page)


def ports_of(listening: dict[str, Any], page: int) -> Ports:
    """Return the ports in the event ``listening``; *page* is that without TLS."""
    tls = int(listening["tls_addresses"].rpartition(":")[2])
    secure_page = urlsplit(listening["page"]).port or 0
    return Ports(listening["port"], tls, page, secure_page)
