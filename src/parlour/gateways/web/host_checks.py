"""Refuse and log requests with a foreign Host or Origin."""

import logging
from typing import Final

from . import allowed_origins
from .allowed_origins import AllowedOrigins
from .requests import RequestError

MISSING_ORIGIN: Final = "A request with the cookie of an account needs an Origin."
TLS_REQUIRED: Final = (
    "The key of an account is only accepted over HTTPS, and this page came over HTTP."
)


def check_host(
    origins: AllowedOrigins, peer: str, host: str | None, origin: str | None = None
) -> None:
    """Raise `RequestError` unless *host* is allowed.

    The log gets the address *peer*, and the *origin* of a handshake.
    """
    if not origins.hosts.allows(host):
        _log(peer, "unknown_host", host or "", origin)
        raise RequestError(400, allowed_origins.unknown_host(host))


def check_origin(
    origins: AllowedOrigins,
    peer: str,
    host: str,
    origin: str | None,
    *,
    has_cookie: bool,
    has_tls: bool = False,
) -> None:
    """Raise `RequestError` unless a page of *origin* may open a WebSocket to *host*.

    A program that is no browser sends no origin. With the cookie of an account, the
    origin is required, because a cookie is sent without the person who has it, and the
    page must not have come unencrypted through a network.
    """
    check_host(origins, peer, host, origin)
    if found := origin_refusal(
        origins, host, origin, has_cookie=has_cookie, has_tls=has_tls
    ):
        code, reason = found
        _log(peer, code, host, origin)
        raise RequestError(403, reason)


def origin_refusal(
    origins: AllowedOrigins,
    host: str,
    origin: str | None,
    *,
    has_cookie: bool,
    has_tls: bool = False,
) -> tuple[str, str] | None:
    """Return the code and the reason of what `check_origin` refuses, or None."""
    if origin is None and has_cookie:
        return "missing_origin", MISSING_ORIGIN
    if not origins.allows_origin(origin, host, has_tls=has_tls):
        return "foreign_origin", allowed_origins.foreign_origin(origin or "", host)
    if has_cookie and allowed_origins.is_plain(origin):
        return "tls_required", TLS_REQUIRED
    return None


def _log(peer: str, code: str, host: str, origin: str | None) -> None:
    facts = {
        "address": peer,
        "code": code,
        "host": host[:100],
        "origin": None if origin is None else origin[:100],
    }
    # Limited, because anybody can cause many of these: see `server.log_limits`.
    extra = {"facts": facts, "is_limited": True}
    logging.getLogger("parlour").warning("page.refused", extra=extra)
