"""A line that should be a JSON object, and what is wrong with one that is not."""

import json
from typing import Any, Final

import msgspec

from ..events import Refused

_decoder: Final = msgspec.json.Decoder()
_BOM: Final = b"\xef\xbb\xbf"


def decode_object(line: bytes) -> dict[str, Any] | Refused | None:
    """Return the object on *line*, or why it is none; a blank line is None.

    The last one of duplicate keys counts. Never raises.
    """
    if not line.strip():
        return None
    try:
        said: object = _decoder.decode(line.removeprefix(_BOM))
    except UnicodeDecodeError:
        return Refused("bad_utf8", "that line is not UTF-8; send JSON in UTF-8")
    except (ValueError, RecursionError):
        if _has_half_a_pair(line):
            return Refused("bad_text", "a \\u escape in that line is half of a pair")
        return Refused(
            "not_json",
            "that line is not JSON; send one object a line, such as "
            '{"type": "message", "data": "hello"}',
        )
    if not isinstance(said, dict):
        return Refused(
            "not_an_object",
            'that line is not a JSON object; send {"type": ..., "data": ...}',
        )
    return said


def starts_object(start: bytes) -> bool:
    """Tell whether *start*, the first bytes of a line, may be those of an object."""
    return start.removeprefix(_BOM).lstrip().startswith(b"{")


def _has_half_a_pair(line: bytes) -> bool:
    """Tell whether a lone surrogate is all that keeps *line* from being JSON."""
    if b"\\ud" not in line.lower():
        return False
    try:
        json.loads(line)  # bears what a strict decoder does not
    except (ValueError, RecursionError):
        return False
    return True
