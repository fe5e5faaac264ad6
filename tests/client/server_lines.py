"""The lines that a server sends to a client."""

import json


def plain_message(source: object, text: object) -> bytes:
    """Return the line of a plain server with a message of *source*."""
    message = {"type": "message", "data": {"source": source, "message": text}}
    return json.dumps(message).encode() + b"\n"


def session_line(kind: str, **data: object) -> bytes:
    """Return a line of the session dialect."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def welcome(
    sequence: int, *, epoch: str = "e", you: str = "Ann", recovered: bool = True
) -> bytes:
    """Return the welcome of a server with one room, which is at *sequence*."""
    room = {"epoch": epoch, "sequence": sequence, "recovered": recovered}
    return session_line("welcome", you=you, rooms={"lobby": room})


def welcome_to_rooms(you: str = "Ann") -> bytes:
    """Return the welcome of a server with rooms; a line for each room follows."""
    return session_line("welcome", version=1, you=you, limits={"rooms": 100})


def room(
    name: str,
    sequence: int = 0,
    *,
    epoch: str = "e",
    recovered: bool = True,
    topic: str = "",
    other: str = "",
    kept: bool = True,
    title: str = "",
    **more: object,
) -> bytes:
    """Return the line which says that the client is in a room."""
    data = {
        "room": name,
        "epoch": epoch,
        "sequence": sequence,
        "recovered": recovered,
        "topic": topic,
        "kept": kept,
        **more,
    }
    optional = {"with": other, "name": title}
    data |= {key: value for key, value in optional.items() if value}
    return json.dumps({"type": "room", "data": data}).encode() + b"\n"


def message(
    sequence: int, room: str = "lobby", source: str = "Bob", text: str = ""
) -> bytes:
    """Return a message in the session dialect; its text is its sequence."""
    return session_line(
        "message",
        room=room,
        sequence=sequence,
        source=source,
        message=text or f"{sequence}",
    )


def error(code: str, **more: object) -> bytes:
    """Return an error, whose reason is its code."""
    return session_line("error", code=code, reason=code, **more)


def account(name: str = "Ann", role: str = "member", **more: object) -> bytes:
    """Return the line which says that the session is signed in."""
    return session_line("account", name=name, role=role, **more)


ENTERED = plain_message("[Server]", "192.0.2.1:9 has entered the chat")
"""The first line of a plain server."""
