"""Lines out of the text frames of one page, and what else it may send.

A message may come in fragments (RFC 6455, 5.4). Its end is the end of a line, too.
"""

from collections.abc import Callable
from typing import Final

from parlour.core.rate_limit import Bucket, Rate

MAX_PARTS: Final = 64  # fragments of one message
IDLE_FRAMES: Final = Rate(10.0, 200.0)
"""Frames that bring no line (pings, pongs, parts, empty ones), a second and at once."""


class FrameError(Exception):
    """A frame that breaks a rule. *code* is that of the close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Fragments:
    """The frames of one page, until the lines in them are taken."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._idle = Bucket(IDLE_FRAMES, clock())
        self._parts: list[bytes] = []  # of a message whose end has not come
        self._lines: list[bytes] = []

    @property
    def size(self) -> int:
        """Bytes of a message whose end has not come."""
        return sum(map(len, self._parts))

    def add(self, data: bytes, *, is_last: bool) -> None:
        """Add a text frame: the last of its message, or one that others follow.

        Raises `FrameError`.
        """
        if not data or not is_last:
            self.count_idle()
        self._parts.append(data)
        if is_last:
            message = b"".join(self._parts)
            self._parts.clear()
            self._lines.append(message if message.endswith(b"\n") else message + b"\n")
        elif len(self._parts) >= MAX_PARTS:
            raise FrameError(1008, f"a frame has at most {MAX_PARTS} parts")

    def count_idle(self) -> None:
        """Count a frame that brings no line. Raises `FrameError` if they are many."""
        if not self._idle.is_open(self._clock()):
            raise FrameError(1008, "too many frames bring nothing")
        self._idle.spend(1.0)

    def take_lines(self) -> bytes:
        """Return the lines that are complete, and forget them."""
        lines = b"".join(self._lines)
        self._lines.clear()
        return lines

    def clear(self) -> None:
        """Forget everything."""
        self._parts.clear()
        self._lines.clear()
