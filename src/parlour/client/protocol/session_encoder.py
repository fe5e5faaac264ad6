"""The session dialect on the client's side: requests to lines of the wire."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, assert_never

import msgspec

from parlour import __version__
from parlour.core.limits import HISTORY_PAGE

from .cursor import Cursor
from .order_encoder import order_line
from .order_requests import OrderRequest
from .plain import replace_surrogates
from .requests import (
    AccountRequest,
    AskDevices,
    AskHistory,
    AskRooms,
    AskUsers,
    ChangePassword,
    Credentials,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Login,
    Logout,
    Register,
    Rename,
    Request,
    RevokeDevice,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from .secret import Secret

VERSION: Final = 1  # of the dialect
MAX_LINE: Final = 32_768  # bytes without the LF; the limit of a Parlour server


class Hello(NamedTuple):
    """The first line of a connection, and the rooms whose cursor it contains."""

    line: bytes
    resumed: frozenset[str]


def read(room: str, sequence: int) -> bytes:
    """Return the line that says how far the user has read a room."""
    return _line("read", {"room": room, "sequence": sequence})


def hello(
    token: str,
    name: str,
    rooms: Sequence[str],
    cursors: Mapping[str, Cursor],
    credentials: Credentials | None = None,
) -> Hello:
    """Return the first line of a connection: the *rooms* to be in, and the cursors.

    With *credentials*, it signs in. An empty *token* or *name* is left out. The line is
    ASCII, since the server may be an old one, unless it would be too long. Cursors that
    do not fit are left out, the last ones first.
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
    if credentials is not None:
        data |= _credentials(credentials)
    data["rooms"] = [replace_surrogates(room) for room in rooms]
    resume = {room: cursor._asdict() for room, cursor in cursors.items()}
    if resume:
        data["resume"] = resume
    line = json.dumps({"type": "hello", "data": data}).encode("ascii") + b"\n"
    while len(line) > MAX_LINE + 1:
        line = _line("hello", data)
        if len(line) <= MAX_LINE + 1 or not resume:
            break
        resume.popitem()
    return Hello(line, frozenset(resume))


def encode(request: Request, line_id: str = "") -> bytes:  # noqa: C901 -- one case each
    """Return *request* as a line; *line_id* is the idempotency key of a message."""
    match request:
        case Say(text, room):
            return _line("message", {"room": room, "message": text, "id": line_id})
        case Rename(name):
            return _line("set-name", {"name": name})
        case AskHistory(limit, before, room):
            data = {"room": room, "limit": limit or HISTORY_PAGE}
            return _line("history", data | _given("before", before))
        case Search(words, None):
            return _line("search", {"words": words, "all": True})
        case Search(words, room):
            return _line("search", {"room": room, "words": words})
        case AskUsers(room):
            return _line("users", {"room": room})
        case AskRooms(after, limit):
            return _line("rooms", _given("after", after) | _given("limit", limit))
        case Join(room, is_private, invite):
            private = {"private": True} if is_private else {}
            code = {} if invite is None else _secret("invite", invite)
            return _line("join", {"room": room} | private | code)
        case LeaveRoom(room):
            return _line("leave", {"room": room})
        case SetTopic(room, topic):
            return _line("topic", {"room": room, "topic": topic})
        case Direct(to):
            return _line("direct", {"to": to})
        case Ignore(name):
            return _line("ignore", {"name": name})
        case Unignore(name):
            return _line("unignore", {"name": name})
        case _ if isinstance(request, OrderRequest):
            return _line(*order_line(request))
        case _:
            return _account_line(request)


def _account_line(request: AccountRequest) -> bytes:
    match request:
        case Login(credentials):
            return _line("login", _credentials(credentials))
        case Register(password, device, invite):
            data = _secret("password", password) | _given("device", device)
            code = {} if invite is None else _secret("invite", invite)
            return _line("register", data | code)
        case ChangePassword(password, new):
            data = _secret("password", password) | _secret("new", new)
            return _line("passwd", data)
        case AskDevices():
            return _line("devices", {})
        case RevokeDevice(device):
            return _line("revoke", {"device": device})
        case Logout():
            return _line("logout", {})
        case _:
            assert_never(request)


def _credentials(credentials: Credentials) -> dict[str, object]:
    """Return the parameters that sign in, with the key if there is one."""
    account, password, key, device = credentials
    found = _given("account", replace_surrogates(account))
    if key is not None:
        return found | _secret("key", key)
    if password is None:
        return found
    return found | _secret("password", password) | _given("device", device)


def _secret(key: str, secret: Secret) -> dict[str, object]:
    return {key: replace_surrogates(secret.reveal())}


def _given(key: str, value: object) -> dict[str, object]:
    """Return the parameter *key*, or nothing if *value* is None or empty."""
    return {} if value is None or value == "" else {key: value}


def ping(token: str) -> bytes:
    """Return a ping, which the server answers."""
    return _line("ping", {"token": token})


def pong(token: str) -> bytes:
    """Return the answer to a ping of the server."""
    return _line("pong", {"token": token})


def bye() -> bytes:
    """Return the last line of a connection."""
    return _line("bye", {})


def _line(kind: str, data: Mapping[str, object]) -> bytes:
    found = {
        key: replace_surrogates(value) if isinstance(value, str) else value
        for key, value in data.items()
    }
    return msgspec.json.encode({"type": kind, "data": found}) + b"\n"
