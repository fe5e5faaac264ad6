"""The session dialect, as a client speaks it: commands to lines, lines to events.

What a server says is untrusted: a line that is not as it should be is no event.
"""

import json
from typing import Final, NamedTuple, assert_never

import msgspec

from parlour import __version__
from parlour.core.events import LOBBY, Joined, Kept, Left, Notice, Renamed, Unkept
from parlour.core.limits import HISTORY_PAGE

from .commands import AskHistory, AskUsers, Rename, Say, Search, Wire
from .plain import whole

VERSION: Final = 1  # of the dialect
DAY: Final = 86_400  # seconds; a wait of more is taken for this


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


Heard = (
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

    An empty *name* is none. *cursor* is the epoch and the sequence heard last.
    """
    data: dict[str, object] = {
        "version": VERSION,
        "client": f"parlour/{__version__}",
        "token": token,
        "late": True,  # the welcome may come behind plain lines
    }
    if name:
        data["name"] = whole(name)
    if cursor is not None:
        epoch, sequence = cursor
        data["resume"] = {LOBBY: {"epoch": epoch, "sequence": sequence}}
    return json.dumps({"type": "hello", "data": data}).encode("ascii") + b"\n"


def encode(command: Wire, line_id: str = "") -> bytes:
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


def decode(line: bytes) -> Heard | None:
    """Return what *line* says, or None if it is no line of this dialect at all."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    match found:
        case {"type": str(kind), "data": dict(data)}:
            return _answer(kind, data) or _event(kind, data) or Unknown()
        case {"type": str()}:
            return Unknown()
        case _:
            return None


def _event(kind: str, data: dict[str, object]) -> Heard | None:
    """Return what a line says that nobody has to have asked for."""
    match kind, data:
        case "joined", {"name": str(name)}:
            return Joined(LOBBY, name)
        case "left", {"name": str(name)}:
            return Left(LOBBY, name, _text(data, "reason"))
        case "renamed", {"name": str(name), "to": str(to)}:
            return Renamed(LOBBY, name, to)
        case "unkept", _:
            return Unkept(LOBBY, _text(data, "reason"))
        case "kept", _:
            return Kept(LOBBY)
        case "missed", {"resume_after": int(after)}:
            events = data.get("events")
            return Missed(events if isinstance(events, int) else None, after)
        case "ping", {"token": str(token)}:
            return Ping(token)
        case "pong", _:
            return Pong()
        case "bye", _:
            wait = data.get("retry_after")
            seconds = max(0, min(wait, DAY)) if isinstance(wait, int | float) else 0
            return Bye(_text(data, "code"), _text(data, "reason"), float(seconds))
        case _:
            return _message(data) if kind == "message" else None


def _answer(kind: str, data: dict[str, object]) -> Heard | None:
    """Return what a line says that answers one of ours."""
    match kind, data:
        case "stored", _:
            return Stored(_text(data, "id"))
        case "error", _:
            return Failed(_text(data, "code"), _text(data, "reason"), _text(data, "id"))
        case "history" | "found", {"messages": list(found)}:
            messages = tuple(
                message
                for item in found
                if isinstance(item, dict) and (message := _message(item)) is not None
            )
            return Page(messages, data.get("more") is True, kind == "found")
        case "users", {"users": list(found)}:
            names = tuple(
                item["name"]
                for item in found
                if isinstance(item, dict) and isinstance(item.get("name"), str)
            )
            return Present(names, data.get("more") is True)
        case "welcome", {
            "rooms": {"lobby": {"epoch": str(epoch), "sequence": int(at)}}
        }:
            return Welcome(_text(data, "you"), epoch, at, _recovered(data))
        case _:
            return None


def _message(data: dict[str, object]) -> Message | None:
    match data:
        case {"sequence": int(sequence), "source": str(source), "message": str(text)}:
            return Message(sequence, _text(data, "time"), source, text)
        case _:
            return None


def _recovered(data: dict[str, object]) -> bool:
    match data:
        case {"rooms": {"lobby": {"recovered": False}}}:
            return False
        case _:
            return True


def _text(data: dict[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
