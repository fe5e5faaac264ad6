"""Bytes of the wire to lines of a trace: bounded, without secrets, one row each."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from .redaction import Redactor

_ODD: Final = re.compile(r"[^\x20-\x7e]+")
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return *text* with each control and format character spelled as an escape.

    Nothing of it moves a cursor, begins another line or turns the order of letters.
    """
    return _ODD.sub(_spelled, text)


class TraceLines:
    """Cut one direction of a stream into lines of text.

    At most *limit* bytes of a line are kept; a longer one ends with a note of how
    many more it had. Feeding takes time in proportion to what is fed. *clean* makes
    one safe row of any text.
    """

    __slots__ = ("_clean", "_cut", "_limit", "_line", "_redactor")

    def __init__(self, limit: int, clean: Callable[[str], str] = visible) -> None:
        self._limit, self._clean = limit, clean
        self._line = bytearray()
        self._cut = 0  # bytes of the line that were not kept
        self._redactor = Redactor()

    def feed(self, data: bytes) -> list[str]:
        """Add *data*, any cut of the stream, and return the lines it completes."""
        lines = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._keep(data, start, end)
            lines.append(self._take())
            start = end + 1
        self._keep(data, start, len(data))
        return lines

    def end(self) -> list[str]:
        """Return the line that has begun and will not end, if there is one."""
        return [self._take()] if self._line or self._cut else []

    def _keep(self, data: bytes, start: int, end: int) -> None:
        kept = min(end - start, self._limit - len(self._line))
        self._line += data[start : start + kept]
        self._cut += end - start - kept

    def _take(self) -> str:
        text = self._line.decode("utf-8", "backslashreplace")
        text = self._clean(self._redactor.redact(text))
        if self._cut:
            text = f"{text} ({self._cut:,} more bytes of this line were cut)"
        self._line.clear()
        self._cut = 0
        return text


def _spelled(found: re.Match[str]) -> str:
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in _UNSAFE
        else char
        for char in found[0]
    )
