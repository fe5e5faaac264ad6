"""One request and its response: as much of HTTP as scrapers and health checks need.

Every connection is closed after one response (RFC 9112, section 9.6), and no request
may have a body.
"""

from http import HTTPStatus
from typing import Final, NamedTuple

import h11

MAX_HEAD: Final = 8 << 10  # bytes of the request line and the headers
TEXT: Final = "text/plain; charset=utf-8"
BODY: Final = "a request must have no body"


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


class Exchange:
    """The request and the response of one connection."""

    def __init__(self) -> None:
        self._connection = h11.Connection(
            h11.SERVER, max_incomplete_event_size=MAX_HEAD
        )
        self._has_body = True  # the response

    def receive(self, data: bytes) -> Request | Response | None:
        """Return the request, once *data* completes it, or why it is refused.

        ``b""`` is the end of the input. Raises EOFError if there is no request then.
        """
        try:
            self._connection.receive_data(data)
            event = self._connection.next_event()
        except h11.RemoteProtocolError as exc:
            return text(HTTPStatus(exc.error_status_hint), str(exc))
        match event:
            case h11.Request():
                return self._decode(event)
            case h11.ConnectionClosed():
                raise EOFError
            case _:
                return None

    def _decode(self, event: h11.Request) -> Request | Response:
        self._has_body = event.method != b"HEAD"
        headers = {name: value.decode("latin-1") for name, value in event.headers}
        size = headers.get(b"content-length", "0")
        if size != "0" or b"transfer-encoding" in headers:
            return text(HTTPStatus.BAD_REQUEST, BODY)
        path, _, _ = event.target.decode("latin-1").partition("?")
        accept = headers.get(b"accept", "")
        return Request(event.method.decode(), path, headers.get(b"host"), accept)

    def encode(self, response: Response) -> bytes:
        """Return the bytes of the *response*; that to HEAD has no body."""
        status, body, content_type = response
        headers = [
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "GET, HEAD"))
        events: list[h11.Event] = [
            h11.Response(status_code=status, reason=status.phrase, headers=headers),
            *([h11.Data(data=body)] if self._has_body else []),
            h11.EndOfMessage(),
        ]
        return b"".join(self._connection.send(each) or b"" for each in events)
