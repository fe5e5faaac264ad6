"""What a peer has sent and the server has not processed yet."""

from typing import Final

from .lines import OVERLONG

START: Final = 64  # bytes of a line by which another protocol is recognised


class InputBuffer:
    """Received bytes with a position: whole lines that wait, and one that has begun.

    Lines end at LF. Of a line with more than *limit* bytes, LF not counted, it keeps
    what came in the same piece, at most, and skips the rest; such a line is told of
    as `OVERLONG`, once, as soon as it is known to be too long. The caller looks at
    the next lines with :meth:`peek` and says with :meth:`advance` how many of them
    it has processed.
    """

    __slots__ = ("_at", "_limit", "_next", "_partial", "_peeked", "_skips", "block")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.block = b""
        """Whole lines, some of which may be processed; empty if no line waits."""
        self._at = 0  # the position in them up to which they are processed
        self._partial = bytearray()  # a line that has begun and has not ended
        self._skips = False  # the rest of it, because it is too long
        self._peeked: list[bytes] = []  # the lines of the last peek, as they came
        self._next = 0  # the position after them

    @property
    def has_begun(self) -> bool:
        """Whether a line has begun and has not ended."""
        return bool(self._partial) or self._skips

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return len(self.block) + len(self._partial)

    @property
    def start(self) -> bytes:
        """The first bytes of the next line, whole or not."""
        if self.block:
            end = self.block.find(b"\n", self._at)
            return self.block[self._at : min(end, self._at + START)]
        return bytes(self._partial[:START])

    def feed(self, data: bytes) -> bool:
        """Add *data*, any piece of the stream, and tell whether a line ended in it."""
        end = data.rfind(b"\n") + 1
        if end:
            whole = data if end == len(data) else data[:end]
            if self._skips or self._partial:
                whole = self._finish(whole)
            self._add(whole)
            data = data[end:]
        if data and not self._skips:
            self._begin(data)
        return end > 0

    def peek(self, most: int, size: int) -> list[bytes]:
        """Return the next lines without their LF: at most *most*, and *size* bytes.

        The first one may be longer than that.
        """
        block, at = self.block, self._at
        if not block:
            self._next = 0
            return []
        end = block.rfind(b"\n", at, at + size) if most > 1 else -1
        if end < 0:
            end = block.find(b"\n", at)
            lines, self._next = [block[at:end]], end + 1
        else:
            lines = block[at : end + 1].split(b"\n", most)
            self._next = end + 1 - len(lines.pop())
        self._peeked, limit = lines, self._limit
        if len(block) > limit and max(map(len, lines)) > limit:
            return [line if len(line) <= limit else OVERLONG for line in lines]
        return lines

    def peeked_start(self, index: int) -> bytes:
        """Return the first bytes of a line of the last peek, overlong or not."""
        return self._peeked[index][:START]

    def advance(self, count: int) -> int:
        """Count the first *count* lines of the last peek as processed.

        Returns how many bytes these were.
        """
        peeked, self._peeked, before = self._peeked, [], self._at
        if count < len(peeked):
            self._at += sum(map(len, peeked[:count])) + count
        else:
            self._at = self._next
        size = self._at - before
        if self._at == len(self.block):
            self.block, self._at = b"", 0
        return size

    def clear(self) -> None:
        """Forget everything."""
        self.block, self._at = b"", 0
        self._partial.clear()
        self._skips = False

    def _add(self, whole: bytes) -> None:
        if not self.block:
            self.block = whole
        else:
            self.block, self._at = self.block[self._at :] + whole, 0

    def _finish(self, whole: bytes) -> bytes:
        """Return *whole* with the line that had begun as its first."""
        if self._skips:
            self._skips = False
            return whole[whole.index(b"\n") + 1 :]
        self._partial += whole
        joined = bytes(self._partial)
        self._partial.clear()
        return joined

    def _begin(self, data: bytes) -> None:
        """Keep the beginning of a line, or tell of it once it is too long."""
        self._partial += data
        if len(self._partial) > self._limit:
            self._add(bytes(self._partial[: self._limit + 1]) + b"\n")
            self._partial.clear()
            self._skips = True
