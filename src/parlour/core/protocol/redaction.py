"""Removal of secrets from the lines of a trace.

Anyone who has a token, a password or the key of a device can impersonate its owner. A
value is redacted if its key is one of `SECRET_KEYS`, with or without escapes, even in a
line that is cut off or is not JSON. The tokens of ``ping`` and ``pong`` are not secret
and stay. In a text, whatever follows one of `SECRET_COMMANDS` is redacted: a user has
typed it into a client that does not know the command.

Strangers write the lines, so each pattern takes linear time: where a run of characters
can match, it starts at the run's first character only, and does not backtrack in it.
"""

import json
import re
from typing import Final

REDACTED: Final = "…"
SECRET_KEYS: Final = ("token", "password", "new", "key", "invite")
"""The keys of secrets: of a session, an account (and its new one), a device.

The last one is that of the code of an invitation.
"""

SECRET_COMMANDS: Final = ("login", "register", "passwd")
"""The commands, without the slash, after which people type passwords."""

_SECRET_KINDS: Final = {"hello", "login", "register", "passwd", "account"}
"""The types of the lines that may contain a secret."""


def _spelled(word: str) -> str:
    """Return a pattern for *word*: each letter as itself or as an escape.

    An escape has two backslashes in a nested string.
    """
    return "".join(
        rf"(?:{letter}|(?<!\\)\\++u00(?:{ord(letter.upper()):x}|{ord(letter):x}))"
        for letter in word
    )


_KEY: Final = f"(?:{'|'.join(map(_spelled, SECRET_KEYS))})"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*\\?"?'  # the closing quote may be missing
_VALUE: Final = rf"(?:{_QUOTED}|[\[{{].*|[^\s,}}\]]+)"
_NESTED: Final = r'\\++".*?(?:(?<!\\)\\++"|$)'  # quotes with backslashes before them
_LOOSE_VALUE: Final = (
    rf"""(?:{_QUOTED}|'(?:[^'\\]|\\.)*\\?'?|{_NESTED}|[\[{{].*|[^\s,;&}}\]]+)"""
)

_COMMANDS: Final = f"(?:{'|'.join(map(_spelled, SECRET_COMMANDS))})"
_BLANKS: Final = r"(?:\s|\\[bfnrt]|\\u[0-9a-f]{4})*"

_SUSPECT: Final = re.compile(
    rf"{'|'.join(SECRET_KEYS)}|\\u00|/(?:{'|'.join(SECRET_COMMANDS)})", re.IGNORECASE
)
_COMMAND: Final = re.compile(
    rf'''("{_BLANKS}(?:\\?/|\\u002f){_COMMANDS})(?:[^"\\]|\\.)+\\?''',
    re.IGNORECASE | re.DOTALL,
)
_BARE_COMMAND: Final = re.compile(
    rf"(\s*/(?:{'|'.join(SECRET_COMMANDS)})).+", re.IGNORECASE | re.DOTALL
)
_MEMBER: Final = re.compile(rf'("{_KEY}"\s*:\s*)({_VALUE})', re.IGNORECASE | re.DOTALL)
_ANYWHERE: Final = re.compile(
    rf"""({_KEY}[\\"']*+\s*+[:=]\s*)({_LOOSE_VALUE})""", re.IGNORECASE | re.DOTALL
)
_OPEN_END: Final = re.compile(
    rf"""{_KEY}(?:[\\"']++\s*+[:=]?|\s*+[:=])[\s\\"']*+$""", re.IGNORECASE
)


_LINK: Final = re.compile(r"(\binvite=)[\w-]+", re.IGNORECASE)  # has a code


class Redactor:
    """Redacts the lines of one stream, in order: a secret may be on a later line."""

    __slots__ = ("_is_value_next",)

    def __init__(self) -> None:
        self._is_value_next = False
        """Whether the last line ended between a key and its value."""

    def redact(self, line: str) -> str:
        """Return *line*, whole or cut off, without secrets."""
        if self._is_value_next:
            self._is_value_next = not line.strip()
            return REDACTED
        if not _SUSPECT.search(line):
            return line
        line = _LINK.sub(rf"\g<1>{REDACTED}", line)
        if found := _BARE_COMMAND.match(line):  # by a client that sends no JSON
            return f"{found[1]} {REDACTED}"
        kinds = _kinds(line)
        if kinds and kinds <= {"ping", "pong"}:
            return line
        line = _COMMAND.sub(rf"\g<1> {REDACTED}", line)
        line = _MEMBER.sub(_redact_value, line)
        if not kinds or kinds & _SECRET_KINDS:
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
    return {
        value if isinstance(value, str) else ""
        for key, value in members
        if key == "type"
    }


class _Members(list[tuple[str, object]]):
    """The members of a JSON object, including those with duplicate keys."""
