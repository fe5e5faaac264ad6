"""Bytes to lines, for who takes each line at once; where lines wait, see `input`."""

from typing import Final

OVERLONG: Final = b"\n"
"""Stands for a line that was longer than allowed. No real line holds an LF."""


class LineSplitter:
    """Cut a stream at LF into lines of at most *limit* bytes, LF not counted.

    A longer line is skipped to its end and told of as :data:`OVERLONG`, once, as
    soon as it is known to be too long. Never more than *limit* bytes are kept.
    """

    __slots__ = ("_limit", "_partial", "_skipping")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._partial = bytearray()
        self._skipping = False

    @property
    def begun(self) -> bool:
        """Whether a line has begun and has not ended."""
        return bool(self._partial) or self._skipping

    def feed(self, data: bytes) -> list[bytes]:
        """Add *data*, any cut of the stream, and return the lines it completes.

        The lines come without their LF.
        """
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and (self._partial or self._skipping or len(data) > self._limit):
            lines = self._whole(lines)
        if self._skipping or not rest:
            return lines
        if len(self._partial) + len(rest) > self._limit:
            self._partial.clear()
            self._skipping = True
            lines.append(OVERLONG)
        else:
            self._partial += rest
        return lines

    def _whole(self, lines: list[bytes]) -> list[bytes]:
        """Finish the line that had begun, and check the length of all."""
        if self._skipping:
            self._skipping = False
            del lines[0]  # the end of what was told of when it grew too long
        elif self._partial:
            self._partial += lines[0]
            lines[0] = bytes(self._partial)
            self._partial.clear()
        limit = self._limit
        if lines and max(map(len, lines)) > limit:
            return [line if len(line) <= limit else OVERLONG for line in lines]
        return lines
