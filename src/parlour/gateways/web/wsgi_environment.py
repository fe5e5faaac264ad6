"""A request as the environment of a WSGI application (PEP 3333)."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIEnvironment

from parlour.core.ports import Peer

from .identity import SENDER
from .requests import Request


def make_environment(
    scope: Mapping[str, Any], sender: Peer, request: Request, body: bytes, prefix: str
) -> WSGIEnvironment:
    """Return the *request* of *sender*, to a path below *prefix*, for WSGI."""
    environment: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": prefix,
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        SENDER: sender,
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": f"{len(body)}",
        "wsgi.input": BytesIO(body),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if sender.is_encrypted else "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        environment[key] = value.decode("latin-1")
    environment["HTTP_HOST"] = request.host or "localhost"
    environment["HTTP_COOKIE"] = request.cookies  # all, as they were checked
    return environment
