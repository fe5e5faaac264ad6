"""The last messages of all rooms, to show them again. Pure."""

from collections import deque
from typing import Final

from ..protocol.display_items import ChatMessage

MAX_MESSAGES: Final = 2_000  # of all rooms together
MAX_SIZE: Final = 4 << 20  # characters of them
OVERHEAD: Final = 256  # characters that a message counts besides its text


class Recall:
    """The messages that were received last, without the notices."""

    def __init__(self) -> None:
        self._messages: deque[ChatMessage] = deque()
        self._size = 0

    def add(self, message: ChatMessage) -> None:
        """Add a message, without its line of the wire."""
        self._messages.append(message._replace(line=b""))
        self._size += _size(message)
        while len(self._messages) > MAX_MESSAGES or self._size > MAX_SIZE:
            self._size -= _size(self._messages.popleft())

    def last(self, room: str, limit: int) -> list[ChatMessage]:
        """Return the last messages of a room, at most *limit*, the oldest first."""
        found: list[ChatMessage] = []
        for message in reversed(self._messages):
            if len(found) == limit:
                break
            if message.room == room:
                found.append(message)
        return found[::-1]

    def find(self, room: str, sequence: int) -> ChatMessage | None:
        """Return the message of a room with this *sequence*, or None."""
        for message in reversed(self._messages):
            if (message.room, message.sequence) == (room, sequence):
                return message
        return None


def _size(message: ChatMessage) -> int:
    return OVERHEAD + len(message.source) + len(message.text)
