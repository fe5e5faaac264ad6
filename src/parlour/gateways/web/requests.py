"""What a request asks for, or why nobody answers it (RFC 9110 and RFC 9112)."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

MAX_HEAD: Final = 16 << 10  # bytes of a request

METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
ALLOWED: Final = "GET, HEAD, OPTIONS"
"""What can be done with every address here (RFC 9110, 10.2.1)."""

_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)

Headers = Iterable[tuple[bytes, bytes]]


class RequestError(Exception):
    """A request that is not answered: with which status, and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Request(NamedTuple):
    """The head of a request. *path* is decoded; *host* is None if none was sent."""

    method: str
    path: str
    query: str
    host: str | None
    has_body: bool

    @property
    def is_for_server(self) -> bool:
        """Whether it is about the server as a whole: ``OPTIONS *``."""
        return self.path == "*"


def read_request(method: str, target: bytes, headers: Headers) -> Request:
    """Return what is asked for. Names of *headers* are in lower case.

    Raises `RequestError`.
    """
    found = {name: value.decode("latin-1") for name, value in headers}
    size = sum(len(name) + len(value) for name, value in headers)
    if size + len(target) > MAX_HEAD:
        raise RequestError(431, f"A request has at most {MAX_HEAD:,} bytes.")
    if method not in METHODS:
        raise RequestError(501, f"{method[:20]} is no method that is known here.")
    path, host = _split(method, target.decode("latin-1"), found.get(b"host"))
    path, _, query = path.partition("?")
    has_body = (
        found.get(b"content-length", "0").strip("0") != ""
        or b"transfer-encoding" in found
    )
    if has_body and method in {"GET", "HEAD"}:
        raise RequestError(413, "Nothing here takes a body.")
    return Request(method, unquote(path), query, host, has_body)


def _split(method: str, target: str, host: str | None) -> tuple[str, str | None]:
    """Return path and query of *target*, and the host that it is asked of.

    The host of a target in absolute form comes before that of the header (RFC 9112,
    3.2.2).
    """
    if target.startswith("/"):
        return target, host
    if absolute := _ABSOLUTE.fullmatch(target):
        rest = absolute[2]
        return rest if rest.startswith("/") else f"/{rest}", absolute[1]
    if method == "CONNECT":
        raise RequestError(405, "This server is no proxy.")
    if target == "*" and method == "OPTIONS":
        return target, host
    raise RequestError(400, "The target of a request begins with a slash.")
