"""Removal of tokens from the lines of a trace.

Anyone who has a token can impersonate its client. A value is redacted if its key is
``token``, with or without escapes, even in a line that is cut off or is not JSON. The
tokens of ``ping`` and ``pong`` are not secret and stay.
"""

import json
import re
from typing import Final

REDACTED: Final = "…"

# Each letter as itself or as an escape, which has two backslashes in a nested string.
_KEY: Final = "".join(
    rf"(?:{letter}|\\+u00(?:{code}))"
    for letter, code in (
        ("t", "54|74"),
        ("o", "4f|6f"),
        ("k", "4b|6b"),
        ("e", "45|65"),
        ("n", "4e|6e"),
    )
)
_QUOTED: Final = r'"(?:[^"\\]|\\.)*\\?"?'  # the closing quote may be missing
_VALUE: Final = rf"(?:{_QUOTED}|[\[{{].*|[^\s,}}\]]+)"
_LOOSE_VALUE: Final = (
    rf"""(?:{_QUOTED}|'(?:[^'\\]|\\.)*\\?'?|\\+".*?(?:\\+"|$)|[\[{{].*|[^\s,;&}}\]]+)"""
)

_SUSPECT: Final = re.compile(r"token|\\u00", re.IGNORECASE)
_MEMBER: Final = re.compile(rf'("{_KEY}"\s*:\s*)({_VALUE})', re.IGNORECASE | re.DOTALL)
_ANYWHERE: Final = re.compile(
    rf"""({_KEY}[\\"']*\s*[:=]\s*)({_LOOSE_VALUE})""", re.IGNORECASE | re.DOTALL
)
_OPEN_END: Final = re.compile(
    rf"""{_KEY}(?:[\\"']+\s*[:=]?|\s*[:=])[\s\\"']*$""", re.IGNORECASE
)


class Redactor:
    """Redacts the lines of one stream, in order: a token may be on a later line."""

    __slots__ = ("_is_value_next",)

    def __init__(self) -> None:
        self._is_value_next = False
        """Whether the last line ended between a key and its value."""

    def redact(self, line: str) -> str:
        """Return *line*, whole or cut off, without tokens."""
        if self._is_value_next:
            self._is_value_next = not line.strip()
            return REDACTED
        if not _SUSPECT.search(line):
            return line
        kinds = _kinds(line)
        if kinds and kinds <= {"ping", "pong"}:
            return line
        line = _MEMBER.sub(_redact_value, line)
        if not kinds or "hello" in kinds:
            line = _ANYWHERE.sub(_redact_value, line)
            self._is_value_next = bool(_OPEN_END.search(line))
        return line


def _redact_value(found: re.Match[str]) -> str:
    quote = '"' if found[2].startswith('"') else ""
    return f"{found[1]}{quote}{REDACTED}{quote}"


def _kinds(line: str) -> set[str]:
    """Return each ``type`` in the object on *line*; none if it is not an object."""
    try:
        members = json.loads(line, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return set()
    if not isinstance(members, _Members):
        return set()
    return {str(value) for key, value in members if key == "type"}


class _Members(list[tuple[str, object]]):
    """The members of a JSON object, including those with duplicate keys."""
