"""The plain lines that a server sends before the welcome.

A server waits only a moment for hello before it admits a client as a plain one. Through
a tunnel, hello may take longer. So the first lines may be plain, and the welcome
follows, on this connection or on a later one.
"""

from collections import deque
from typing import Final

from parlour.core.events import SERVER

from .display_items import ChatMessage

MAX_HELD: Final = 1_000  # plain lines held back until the welcome
MAX_HELD_BYTES: Final = 1 << 20  # the same, in bytes


class EarlyLines:
    """The plain lines that are held back before a welcome.

    A client that resumes a session holds them back, since the server replays their
    messages after the welcome. If the connection is lost before, that is the welcome of
    a later connection. Beyond the bounds, the oldest are dropped.
    """

    def __init__(self) -> None:
        self._held: deque[ChatMessage] = deque()
        self._size = 0
        self._earlier = 0  # how many of them are of earlier connections

    def begin(self) -> None:
        """Start on a new connection."""
        self._earlier = len(self._held)

    def hold(self, message: ChatMessage) -> None:
        """Hold a line back."""
        self._held.append(message)
        self._size += len(message.line)
        while len(self._held) > MAX_HELD or self._size > MAX_HELD_BYTES:
            self._take_first()

    def take_earlier(self) -> list[ChatMessage]:
        """Remove and return the lines of earlier connections."""
        return [self._take_first() for _ in range(self._earlier)]

    def take(self, *, notices_only: bool = False) -> list[ChatMessage]:
        """Remove all held lines, and return them, or only the notices among them."""
        held = [self._take_first() for _ in range(len(self._held))]
        return [each for each in held if not notices_only or each.source == SERVER]

    def _take_first(self) -> ChatMessage:
        first = self._held.popleft()
        self._size -= len(first.line)
        self._earlier = max(0, self._earlier - 1)
        return first
