"""The session dialect, as a client speaks it: commands to lines, and the events.

How lines become events is in `decoding`.
"""

import json
from typing import Final, NamedTuple, assert_never

import msgspec

from parlour import __version__
from parlour.core.events import LOBBY, Notice
from parlour.core.limits import HISTORY_PAGE

from .plain import whole
from .requests import AskHistory, AskUsers, Rename, Request, Say, Search

VERSION: Final = 1  # of the dialect


class Welcome(NamedTuple):
    """The server speaks this dialect, too. What it knows of us and of the room."""

    you: str
    epoch: str
    sequence: int  # of the last message that the room had been told
    recovered: bool  # nothing is missing since what we have heard


class Message(NamedTuple):
    """Somebody said something."""

    sequence: int
    time: str  # RFC 3339
    source: str
    text: str


class Stored(NamedTuple):
    """A line of ours is kept. *id* is empty if it had none."""

    id: str


class Page(NamedTuple):
    """An answer: messages, oldest first, and whether there are older ones."""

    messages: tuple[Message, ...]
    more: bool
    is_found: bool  # by a search


class Present(NamedTuple):
    """An answer: names of those who are here, and whether another line follows."""

    names: tuple[str, ...]
    more: bool


class Missed(NamedTuple):
    """There is a gap: what follows comes after *resume_after*."""

    events: int | None  # how many are gone; None: nobody knows
    resume_after: int


class Failed(NamedTuple):
    """What we said was not done."""

    code: str
    reason: str
    id: str  # of the line that was refused, or empty


class Ping(NamedTuple):
    """The server wants to know whether we are there."""

    token: str


class Pong(NamedTuple):
    """It answers a ping of ours."""


class Bye(NamedTuple):
    """The connection ends here."""

    code: str
    reason: str
    retry_after: float  # seconds before we may come back


class Unknown(NamedTuple):
    """A word that we do not know, and need not."""


ServerEvent = (
    Welcome
    | Message
    | Stored
    | Notice
    | Page
    | Present
    | Missed
    | Failed
    | Ping
    | Pong
    | Bye
    | Unknown
)


def hello(token: str, name: str, cursor: tuple[str, int] | None) -> bytes:
    """Return the first line of a connection, in ASCII: the server may be an old one.

    An empty *token* or *name* is none. *cursor* is the epoch and the sequence heard
    last.
    """
    data: dict[str, object] = {
        "version": VERSION,
        "client": f"parlour/{__version__}",
        "late": True,  # the welcome may come behind plain lines
    }
    if token:
        data["token"] = token
    if name:
        data["name"] = whole(name)
    if cursor is not None:
        epoch, sequence = cursor
        data["resume"] = {LOBBY: {"epoch": epoch, "sequence": sequence}}
    return json.dumps({"type": "hello", "data": data}).encode("ascii") + b"\n"


def encode(command: Request, line_id: str = "") -> bytes:
    """Return *command* as a line; what is said goes with *line_id*."""
    match command:
        case Say(text):
            return _line("message", {"message": whole(text), "id": line_id})
        case Rename(name):
            return _line("set-name", {"name": whole(name)})
        case AskHistory(limit, before):
            data: dict[str, object] = {"limit": limit or HISTORY_PAGE}
            if before is not None:
                data["before"] = before
            return _line("history", data)
        case Search(words):
            return _line("search", {"words": whole(words)})
        case AskUsers():
            return _line("users", {})
        case _:
            assert_never(command)


def ping(token: str) -> bytes:
    """Return the line that asks the server whether it is there."""
    return _line("ping", {"token": token})


def pong(token: str) -> bytes:
    """Return the answer to a ping."""
    return _line("pong", {"token": token})


def bye() -> bytes:
    """Return our last line."""
    return _line("bye", {})


def _line(kind: str, data: dict[str, object]) -> bytes:
    return msgspec.json.encode({"type": kind, "data": data}) + b"\n"
