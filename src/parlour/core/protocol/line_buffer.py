"""The bytes that a peer has sent, split into lines as the server processes them."""

from typing import Final

OVERLONG: Final = b"\n"
"""The replacement for a line that is too long. No line equals it: a line has no LF."""
LINE_START_SIZE: Final = 64  # bytes, enough to recognise the protocol of a peer


class LineBuffer:
    """Received lines with a read position: complete lines and at most one partial line.

    Lines end at LF. A line with more than *limit* bytes, LF not counted, is returned as
    `OVERLONG`, as soon as it is too long. If its end is not in the piece that makes it
    too long, the buffer keeps the first *limit* + 1 bytes and skips the rest. The
    caller looks at the next lines with :meth:`peek` and calls :meth:`advance` with the
    number of lines that it has processed.
    """

    __slots__ = (
        "_is_skipping",
        "_limit",
        "_partial",
        "_peek_end",
        "_peeked",
        "_position",
        "complete_lines",
    )

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.complete_lines = b""
        """Complete lines, of which the first may be processed; empty if all are."""
        self._position = 0  # the end of the processed lines among them
        self._partial = bytearray()  # the last line, which has not ended yet
        self._is_skipping = False  # whether the rest of an overlong line is skipped
        self._peeked: list[bytes] = []  # the lines of the last peek, as received
        self._peek_end = 0  # the position after them

    @property
    def has_partial_line(self) -> bool:
        """Whether the last line has not ended yet."""
        return bool(self._partial) or self._is_skipping

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return len(self.complete_lines) + len(self._partial)

    @property
    def next_line_start(self) -> bytes:
        """The first bytes of the next line, complete or not."""
        if self.complete_lines:
            end = self.complete_lines.find(b"\n", self._position)
            limit = self._position + LINE_START_SIZE
            return self.complete_lines[self._position : min(end, limit)]
        return bytes(self._partial[:LINE_START_SIZE])

    def feed(self, data: bytes) -> bool:
        """Add the next piece of the stream; return whether a line ended in it."""
        end = data.rfind(b"\n") + 1
        if end:
            lines = data if end == len(data) else data[:end]
            if self._is_skipping or self._partial:
                lines = self._complete(lines)
            self._append(lines)
            data = data[end:]
        if data and not self._is_skipping:
            self._append_partial(data)
        return end > 0

    def peek(self, max_lines: int, max_bytes: int) -> list[bytes]:
        """Return the next lines without LF, up to *max_lines* and *max_bytes*.

        The first line may be longer than *max_bytes*.
        """
        buffered, position = self.complete_lines, self._position
        if not buffered:
            self._peek_end = 0
            return []
        end = -1
        if max_lines > 1:
            end = buffered.rfind(b"\n", position, position + max_bytes)
        if end < 0:
            end = buffered.find(b"\n", position)
            lines, self._peek_end = [buffered[position:end]], end + 1
        else:
            lines = buffered[position : end + 1].split(b"\n", max_lines)
            self._peek_end = end + 1 - len(lines.pop())
        self._peeked, limit = lines, self._limit
        if len(buffered) > limit and max(map(len, lines)) > limit:
            return [line if len(line) <= limit else OVERLONG for line in lines]
        return lines

    def peeked_line_start(self, index: int) -> bytes:
        """Return the first bytes of a line in the last peek, even if it is overlong."""
        return self._peeked[index][:LINE_START_SIZE]

    def advance(self, count: int) -> int:
        """Remove the first *count* lines of the last peek; return their bytes."""
        peeked, self._peeked, before = self._peeked, [], self._position
        if count < len(peeked):
            self._position += sum(map(len, peeked[:count])) + count
        else:
            self._position = self._peek_end
        size = self._position - before
        if self._position == len(self.complete_lines):
            self.complete_lines, self._position = b"", 0
        return size

    def clear(self) -> None:
        """Remove everything."""
        self.complete_lines, self._position = b"", 0
        self._partial.clear()
        self._is_skipping = False

    def _append(self, lines: bytes) -> None:
        if not self.complete_lines:
            self.complete_lines = lines
        else:
            unprocessed = self.complete_lines[self._position :]
            self.complete_lines, self._position = unprocessed + lines, 0

    def _complete(self, lines: bytes) -> bytes:
        """Return *lines* with the partial line completed, or with its end skipped."""
        if self._is_skipping:
            self._is_skipping = False
            return lines[lines.index(b"\n") + 1 :]
        self._partial += lines
        completed = bytes(self._partial)
        self._partial.clear()
        return completed

    def _append_partial(self, data: bytes) -> None:
        """Extend the partial line; skip the rest of it once it is too long."""
        self._partial += data
        if len(self._partial) > self._limit:
            self._append(bytes(self._partial[: self._limit + 1]) + b"\n")
            self._partial.clear()
            self._is_skipping = True
