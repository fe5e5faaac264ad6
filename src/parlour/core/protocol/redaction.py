"""What must not stand in a trace: the secret by which a client is known.

Whoever has a token can take the place of the client that chose it. It is redacted by
its key, however that is spelled, also in lines that are cut off or are not JSON. Only
in a ``ping`` and its answer is a token no secret.
"""

import json
import re
from typing import Final

REDACTED: Final = "…"

# Each letter of the key as itself or as an escape, which a string in a string doubles.
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
_QUOTED: Final = r'"(?:[^"\\]|\\.)*\\?"?'  # also one that has no end
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
    """Redacts the lines of one stream, in order."""

    __slots__ = ("_is_value_next",)

    def __init__(self) -> None:
        self._is_value_next = False
        """Whether the last line ended between the key and the secret."""

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
        line = _MEMBER.sub(_hide, line)
        if not kinds or "hello" in kinds:
            line = _ANYWHERE.sub(_hide, line)
            self._is_value_next = bool(_OPEN_END.search(line))
        return line


def _hide(found: re.Match[str]) -> str:
    quote = '"' if found[2].startswith('"') else ""
    return f"{found[1]}{quote}{REDACTED}{quote}"


def _kinds(line: str) -> set[str]:
    """Return each ``type`` of the object on *line*; none if it is not JSON."""
    try:
        members = json.loads(line, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return set()
    if not isinstance(members, _Members):
        return set()
    return {str(value) for key, value in members if key == "type"}


class _Members(list[tuple[str, object]]):
    """The members of an object, also those whose key is there twice."""
