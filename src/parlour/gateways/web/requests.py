"""Parse the head of a request, or refuse it (RFC 9110 and RFC 9112)."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

from .paths import ACCOUNT_FORMS, ACCOUNT_PAGES, FORM_PATHS, ORDER_PATH

HEALTH_PATH: Final = "/healthz"
MAX_HEAD: Final = 16 << 10  # bytes of the target and the headers
RETRY_AFTER: Final = "5"  # seconds, for whoever finds the server too busy

METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)

Headers = Iterable[tuple[bytes, bytes]]


class RequestError(Exception):
    """A refused request: the status of the response, and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Request(NamedTuple):
    """The head of a request. *path* is percent-decoded; *host* is None if missing."""

    method: str
    path: str
    query: str
    host: str | None
    has_body: bool
    content_type: str
    origin: str | None
    cookies: str

    @property
    def is_form(self) -> bool:
        """Whether the request sends a form, in its body."""
        return self.method == "POST" and self.path in FORM_PATHS

    @property
    def is_account_form(self) -> bool:
        """Whether the form is about an account."""
        return self.is_form and self.path in ACCOUNT_FORMS

    @property
    def is_for_server(self) -> bool:
        """Whether the target is the server itself: ``OPTIONS *``."""
        return self.path == "*"


def allowed_methods(path: str) -> str:
    """Return the Allow header of an address (RFC 9110, 10.2.1)."""
    if path in ACCOUNT_PAGES or path == ORDER_PATH:
        return "GET, HEAD, OPTIONS, POST"
    return "OPTIONS, POST" if path in FORM_PATHS else "GET, HEAD, OPTIONS"


def parse_request(
    method: str, target: bytes, headers: Headers, prefix: str = ""
) -> Request:
    """Return the parsed request; the names of *headers* are in lower case.

    Its path is that below the *prefix* under which everything is served; it is empty
    for the prefix itself. Raises `RequestError`.
    """
    found = {name: value.decode("latin-1") for name, value in headers}
    size = sum(len(name) + len(value) for name, value in headers)
    if size + len(target) > MAX_HEAD:
        raise RequestError(431, f"A request head has at most {MAX_HEAD:,} bytes.")
    if method not in METHODS:
        raise RequestError(501, f"The method {method[:20]} is unknown.")
    path, host = _split_target(method, target.decode("latin-1"), found.get(b"host"))
    path, _, query = path.partition("?")
    has_body = (
        found.get(b"content-length", "0").strip("0") != ""
        or b"transfer-encoding" in found
    )
    if has_body and method in {"GET", "HEAD"}:
        raise RequestError(413, "Requests to this server must not have a body.")
    content_type = found.get(b"content-type", "").partition(";")[0].strip().lower()
    cookies = "; ".join(
        value.decode("latin-1") for name, value in headers if name == b"cookie"
    )
    return Request(
        method,
        _inner_path(unquote(path), prefix),
        query,
        host,
        has_body,
        content_type,
        found.get(b"origin"),
        cookies,
    )


def _inner_path(path: str, prefix: str) -> str:
    """Return a *path* without the *prefix*. Health checks need not know it."""
    if not prefix or path in {HEALTH_PATH, "*"}:
        return path
    if path == prefix or path.startswith(f"{prefix}/"):
        return path.removeprefix(prefix)
    raise RequestError(404, f"There is nothing at this address. Try {prefix}/")


def _split_target(method: str, target: str, host: str | None) -> tuple[str, str | None]:
    """Return the path and query of *target*, and the requested host.

    The host of a target in absolute form overrides the header (RFC 9112, 3.2.2).
    """
    if target.startswith("/"):
        return target, host
    if absolute := _ABSOLUTE.fullmatch(target):
        rest = absolute[2]
        return rest if rest.startswith("/") else f"/{rest}", absolute[1]
    if method == "CONNECT":
        raise RequestError(405, "This server is not a proxy.")
    if target == "*" and method == "OPTIONS":
        return target, host
    raise RequestError(400, "The request target must begin with a slash.")
