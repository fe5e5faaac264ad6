"""Received and sent bytes as lines of a trace: bounded, and without secrets."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from .redaction import Redactor

_NOT_PRINTABLE_ASCII: Final = re.compile(r"[^\x20-\x7e]+")
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def escape_controls(text: str) -> str:
    """Return *text* with control and format characters as escapes.

    The result cannot move a cursor, begin a new line or change the reading direction.
    """
    return _NOT_PRINTABLE_ASCII.sub(_escaped, text)


class TraceLines:
    """One direction of a stream as lines of text, without tokens.

    A line is cut after *limit* bytes, and ends with the number of bytes cut from it.
    Feeding takes linear time. *clean* makes a text safe to print on one row.
    """

    __slots__ = ("_clean", "_cut", "_limit", "_line", "_redactor")

    def __init__(
        self, limit: int, clean: Callable[[str], str] = escape_controls
    ) -> None:
        self._limit, self._clean = limit, clean
        self._line = bytearray()
        self._cut = 0  # bytes of the line beyond the limit
        self._redactor = Redactor()

    def feed(self, data: bytes) -> list[str]:
        """Add the next piece of the stream; return the lines that it completes."""
        lines = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._append(data, start, end)
            lines.append(self._take())
            start = end + 1
        self._append(data, start, len(data))
        return lines

    def end(self) -> list[str]:
        """Return the last line if the stream ended without its LF."""
        return [self._take()] if self._line or self._cut else []

    def _append(self, data: bytes, start: int, end: int) -> None:
        size = min(end - start, self._limit - len(self._line))
        self._line += data[start : start + size]
        self._cut += end - start - size

    def _take(self) -> str:
        text = self._line.decode("utf-8", "backslashreplace")
        text = self._clean(self._redactor.redact(text))
        if self._cut:
            text = f"{text} ({self._cut:,} more bytes of this line were cut)"
        self._line.clear()
        self._cut = 0
        return text


def _escaped(found: re.Match[str]) -> str:
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in _UNSAFE_CATEGORIES
        else char
        for char in found[0]
    )
