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
    """Return the welcome of a server whose room is at *sequence*."""
    room = {"epoch": epoch, "sequence": sequence, "recovered": recovered}
    return session_line("welcome", you=you, rooms={"lobby": room})


def message(sequence: int) -> bytes:
    """Return a message of Bob in the session dialect; its text is its sequence."""
    return session_line(
        "message", sequence=sequence, source="Bob", message=f"{sequence}"
    )


ENTERED = plain_message("[Server]", "192.0.2.1:9 has entered the chat")
"""The first line of a plain server."""
