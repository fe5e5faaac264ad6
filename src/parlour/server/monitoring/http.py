"""Requests and responses: as much of HTTP/1.1 as scrapers and health checks need.

Every connection is closed after one response (RFC 9112, section 9.6), and no request
may have a body.
"""

import re
from http import HTTPStatus
from typing import Final, NamedTuple

MAX_HEAD: Final = 8 << 10  # bytes of the request line and the headers
TEXT: Final = "text/plain; charset=utf-8"
END_OF_HEAD: Final = b"\r\n\r\n"

REQUEST_LINE: Final = re.compile(r"([A-Z]+) (/[!-~]*) (HTTP/1\.[01])")
FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0]*?)[ \t]*")


class BadRequestError(Exception):
    """A request that is not HTTP/1.1, or has what it must not have."""


class Request(NamedTuple):
    """A request without a body."""

    method: str
    path: str
    """Without the query."""
    host: str | None
    """The Host header; None for HTTP/1.0 without one."""
    accept: str
    """The Accept header, or ``""``."""


class Response(NamedTuple):
    """A response with all of its body."""

    status: HTTPStatus
    body: bytes
    content_type: str = TEXT


def text(status: HTTPStatus, *lines: str) -> Response:
    """Return a response with *lines* of text."""
    return Response(status, "".join(f"{line}\n" for line in lines).encode())


def decode_request(head: bytes) -> Request:
    """Return the request with the *head*, which ends with an empty line.

    Raises BadRequestError.
    """
    first, *others = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    start = REQUEST_LINE.fullmatch(first)
    if start is None:
        raise BadRequestError("this is not a request of HTTP/1.1")
    method, target, version = start.groups()
    fields = [FIELD.fullmatch(line) for line in others]
    if not all(fields):
        raise BadRequestError("a header field is invalid")
    named = [(found[1].lower(), found[2]) for found in fields if found]
    headers = dict(named)
    hosts = [value for name, value in named if name == "host"]
    if len(hosts) > 1 or (not hosts and version == "HTTP/1.1"):
        raise BadRequestError("a request has exactly one Host")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadRequestError("a request must have no body")
    path, _, _ = target.partition("?")
    host = hosts[0] if hosts else None
    return Request(method, path, host, headers.get("accept", ""))


def encode_response(response: Response, *, has_body: bool = True) -> bytes:
    """Return the bytes of a *response*; the answer to HEAD has no body."""
    status, body, content_type = response
    allow = "Allow: GET, HEAD\r\n" if status is HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = (
        f"HTTP/1.1 {status} {status.phrase}\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"{allow}"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (body if has_body else b"")
