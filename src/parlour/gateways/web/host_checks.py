"""Who is not let in for what its headers say, and what is logged of it."""

import logging

from . import allowed_hosts
from .allowed_hosts import Hosts
from .requests import RequestError


def check_host(known: Hosts, peer: str, host: str | None) -> None:
    """Raise `RequestError` if *host* is not *known*, and log that *peer* asked."""
    if not known.knows(host):
        _log(peer, "unknown_host", host or "", None)
        raise RequestError(400, allowed_hosts.unknown(host))


def check_page(known: Hosts, peer: str, host: str, origin: str | None) -> None:
    """Do the same for a page of *origin* that may not open a socket to *host*."""
    check_host(known, peer, host)
    if not known.is_own(origin, host):
        _log(peer, "foreign_origin", host, origin)
        raise RequestError(403, allowed_hosts.foreign(origin or "", host))


def _log(peer: str, code: str, host: str, origin: str | None) -> None:
    """Log a refusal. Anybody can cause one at will: see `server.log_limits`."""
    facts = {
        "address": peer,
        "code": code,
        "host": host[:100],
        "origin": None if origin is None else origin[:100],
    }
    extra = {"facts": facts, "is_limited": True}
    logging.getLogger("parlour").warning("page.refused", extra=extra)
