"""Lines of both dialects, without the project's own code."""

import json
from typing import Any

import msgspec

from .records import Received

_decoder = msgspec.json.Decoder()


def line(kind: str, data: object) -> bytes:
    """Return a line that a client sends."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def message(room: str, text: str, number: str) -> bytes:
    """Return the line of a message with an id."""
    return line("message", {"message": text, "id": number, "room": room})


def decode(received: bytes) -> dict[str, Any]:
    """Return the line that a server sent."""
    decoded = _decoder.decode(received)
    assert isinstance(decoded, dict)
    return decoded


def seen(data: dict[str, Any], step: int) -> Received:
    """Return the message with this *data*."""
    sequence, source, text = data["sequence"], data["source"], data["message"]
    assert isinstance(sequence, int)
    assert isinstance(source, str)
    assert isinstance(text, str)
    return Received(sequence, source, text, step)
