"""A stream of bytes split into lines."""

from typing import Final

OVERLONG: Final = b"\n"
"""The replacement for a line that is too long. No line equals it: a line has no LF."""


class LineSplitter:
    """A splitter of a stream into lines of at most *limit* bytes, without the LF.

    A longer line is replaced by :data:`OVERLONG` as soon as it is too long, and its
    rest is skipped. The splitter never keeps more than *limit* bytes.
    """

    __slots__ = ("_is_skipping", "_limit", "_partial")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._partial = bytearray()
        self._is_skipping = False

    @property
    def has_partial_line(self) -> bool:
        """Whether the last line has not ended yet."""
        return bool(self._partial) or self._is_skipping

    def feed(self, data: bytes) -> list[bytes]:
        """Add the next piece of the stream; return the lines that it completes.

        The lines have no LF.
        """
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and (self._partial or self._is_skipping or len(data) > self._limit):
            lines = self._complete(lines)
        if self._is_skipping or not rest:
            return lines
        if len(self._partial) + len(rest) > self._limit:
            self._partial.clear()
            self._is_skipping = True
            lines.append(OVERLONG)
        else:
            self._partial += rest
        return lines

    def _complete(self, lines: list[bytes]) -> list[bytes]:
        """Complete the partial line with the first of *lines*; check all lengths."""
        if self._is_skipping:
            self._is_skipping = False
            del lines[0]  # the end of a line that was returned as OVERLONG
        elif self._partial:
            self._partial += lines[0]
            lines[0] = bytes(self._partial)
            self._partial.clear()
        limit = self._limit
        if lines and max(map(len, lines)) > limit:
            return [line if len(line) <= limit else OVERLONG for line in lines]
        return lines
