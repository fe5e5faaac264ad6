"""The session dialect on the client's side: requests to lines of the wire."""

import json
from typing import Final, assert_never

import msgspec

from parlour import __version__
from parlour.core.events import LOBBY
from parlour.core.limits import HISTORY_PAGE

from .plain import replace_surrogates
from .requests import AskHistory, AskUsers, Rename, Request, Say, Search

VERSION: Final = 1  # of the dialect


def hello(token: str, name: str, cursor: tuple[str, int] | None) -> bytes:
    """Return the first line of a connection, in ASCII: the server may be an old one.

    An empty *token* or *name* is left out. *cursor* is the epoch and the sequence of
    the last message received.
    """
    data: dict[str, object] = {
        "version": VERSION,
        "client": f"parlour/{__version__}",
        "late": True,  # the client accepts a welcome after plain lines
    }
    if token:
        data["token"] = token
    if name:
        data["name"] = replace_surrogates(name)
    if cursor is not None:
        epoch, sequence = cursor
        data["resume"] = {LOBBY: {"epoch": epoch, "sequence": sequence}}
    return json.dumps({"type": "hello", "data": data}).encode("ascii") + b"\n"


def encode(request: Request, line_id: str = "") -> bytes:
    """Return *request* as a line; *line_id* is the idempotency key of a message."""
    match request:
        case Say(text):
            return _line(
                "message", {"message": replace_surrogates(text), "id": line_id}
            )
        case Rename(name):
            return _line("set-name", {"name": replace_surrogates(name)})
        case AskHistory(limit, before):
            data: dict[str, object] = {"limit": limit or HISTORY_PAGE}
            if before is not None:
                data["before"] = before
            return _line("history", data)
        case Search(words):
            return _line("search", {"words": replace_surrogates(words)})
        case AskUsers():
            return _line("users", {})
        case _:
            assert_never(request)


def ping(token: str) -> bytes:
    """Return a ping, which the server answers."""
    return _line("ping", {"token": token})


def pong(token: str) -> bytes:
    """Return the answer to a ping of the server."""
    return _line("pong", {"token": token})


def bye() -> bytes:
    """Return the last line of a connection."""
    return _line("bye", {})


def _line(kind: str, data: dict[str, object]) -> bytes:
    return msgspec.json.encode({"type": kind, "data": data}) + b"\n"
