"""Lines of the wire as lines of JSON that are safe to print, for programs. Pure."""

import json
from typing import Final

from ..protocol.plain import is_object

MAX_OBJECT: Final = 1 << 20  # bytes of a line that is parsed completely


def safe_json(raw: bytes) -> str | None:
    """Return the object on a line unchanged, or encoded as ASCII if that is unsafe.

    Returns None if the line is not a JSON object.
    """
    try:
        if len(raw) > MAX_OBJECT:
            return _long_json(raw)
        found: object = json.loads(raw.decode("utf-8", "replace"))
        if not isinstance(found, dict):
            return None
        line = raw.removesuffix(b"\r").decode("latin-1")
        return line if line.isascii() and line.isprintable() else json.dumps(found)
    except (ValueError, RecursionError):
        return None


def message_json(source: str, text: str) -> str:
    """Return a message as JSON, for a line that :mod:`json` cannot parse."""
    return json.dumps({"type": "message", "data": {"source": source, "message": text}})


def _long_json(raw: bytes) -> str | None:
    """Return a long line unchanged, if it is an object and safe to print."""
    line = raw.removesuffix(b"\r").decode("latin-1")
    is_safe = line.isascii() and line.isprintable() and is_object(raw)
    return line if is_safe else None
