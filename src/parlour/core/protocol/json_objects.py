"""Lines as JSON objects with a type and data, and the errors of lines that are not."""

import json
from typing import Annotated, Any, Final

import msgspec

from ..events import Refused
from ..limits import MAX_NAME
from ..storage import END_OF_SEQUENCES

SequenceNumber = Annotated[int, msgspec.Meta(ge=0, lt=END_OF_SEQUENCES)]
"""A sequence of a message in the data of a line."""

PositiveNumber = Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)]
"""A limit, or the number of a sanction or an invitation, in the data of a line."""

TargetName = Annotated[str, msgspec.Meta(min_length=1, max_length=4 * MAX_NAME)]
"""The name of a user, an account or a network in the data of a line."""

Data = dict[str, Any]
"""The data of a line."""

_decoder: Final = msgspec.json.Decoder()
_BOM: Final = b"\xef\xbb\xbf"


def decode_object(line: bytes) -> dict[str, Any] | Refused | None:
    """Return the object on *line*, the reason to refuse it, or None for a blank line.

    The last of duplicate keys counts. Never raises.
    """
    if not line.strip():
        return None
    try:
        decoded: object = _decoder.decode(line.removeprefix(_BOM))
    except UnicodeDecodeError:
        return Refused("bad_utf8", "that line is not UTF-8; send JSON in UTF-8")
    except (ValueError, RecursionError):
        if _has_lone_surrogate(line):
            return Refused("bad_text", "a \\u escape in that line is half of a pair")
        return Refused(
            "not_json",
            "that line is not JSON; send one object a line, such as "
            '{"type": "message", "data": "hello"}',
        )
    if not isinstance(decoded, dict):
        return Refused(
            "not_an_object",
            'that line is not a JSON object; send {"type": ..., "data": ...}',
        )
    return decoded


def bad_data(kind: str, error: ValueError, message_id: str = "") -> Refused:
    """Return the refusal of a line of type *kind* whose data has an *error*."""
    return Refused("bad_data", f'"data" of "{kind}" is wrong: {error}', message_id)


def optional(data: object) -> Data:
    """Return *data* if it is an object, and otherwise an empty one."""
    return data if isinstance(data, dict) else {}


def given(**facts: object) -> Data:
    """Return the *facts* that are true: not empty, 0, False or None."""
    return {key: fact for key, fact in facts.items() if fact}


def starts_object(start: bytes) -> bool:
    """Return whether *start*, the first bytes of a line, can begin an object."""
    return start.removeprefix(_BOM).lstrip().startswith(b"{")


def _has_lone_surrogate(line: bytes) -> bool:
    """Return whether a lone surrogate is the only error in *line*."""
    if b"\\ud" not in line.lower():
        return False
    try:
        json.loads(line)  # accepts lone surrogates, unlike msgspec
    except (ValueError, RecursionError):
        return False
    return True
