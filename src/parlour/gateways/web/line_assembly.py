"""Assemble lines from the text frames of one WebSocket.

A message may consist of several fragments (RFC 6455, 5.4). Its end also ends a line.
"""

from collections.abc import Callable
from typing import Final

from parlour.core.rate_limit import Rate, TokenBucket

MAX_FRAGMENTS: Final = 64  # fragments of one message
OVERHEAD_FRAMES: Final = Rate(10.0, 200.0)
"""Frames that complete no line: pings, pongs, fragments and empty frames."""


class FrameError(Exception):
    """A frame that breaks a rule. *code* is the status code of the close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class LineAssembler:
    """The fragments of an unfinished message, and the lines of complete ones."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._overhead = TokenBucket(OVERHEAD_FRAMES, clock())
        self._fragments: list[bytes] = []
        self._lines: list[bytes] = []

    @property
    def size(self) -> int:
        """The size of the unfinished message, in bytes."""
        return sum(map(len, self._fragments))

    def add(self, data: bytes, *, is_last: bool) -> None:
        """Add a text or continuation frame; *is_last* ends its message.

        Raises `FrameError`.
        """
        if not data or not is_last:
            self.count_overhead()
        self._fragments.append(data)
        if is_last:
            message = b"".join(self._fragments)
            self._fragments.clear()
            self._lines.append(message if message.endswith(b"\n") else message + b"\n")
        elif len(self._fragments) >= MAX_FRAGMENTS:
            raise FrameError(1008, f"a message has at most {MAX_FRAGMENTS} fragments")

    def count_overhead(self) -> None:
        """Count a frame that completes no line. Raises `FrameError` over the rate."""
        if not self._overhead.has_token(self._clock()):
            raise FrameError(1008, "too many frames without a line")
        self._overhead.spend(1.0)

    def take_lines(self) -> bytes:
        """Return the complete lines, and remove them."""
        lines = b"".join(self._lines)
        self._lines.clear()
        return lines

    def clear(self) -> None:
        """Remove all fragments and lines."""
        self._fragments.clear()
        self._lines.clear()
