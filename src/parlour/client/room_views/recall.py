"""The last messages of all rooms, and of an answer, to show them again. Pure."""

from collections import deque
from collections.abc import Iterable
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
        self._answer: list[ChatMessage] = []  # bounded by the answers of a server

    def add_answer(self, messages: Iterable[ChatMessage]) -> None:
        """Keep the *messages* of an answer until the next one.

        Those of a room of which nothing is kept count as its last ones: a user is shown
        them on entering it.
        """
        self._answer = list(messages)
        kept = {message.room for message in self._messages}
        for message in self._answer:
            if message.room not in kept:
                self.add(message)

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

    def erase(self, room: str, sequence: int) -> None:
        """Remove the text of a message."""
        for messages in (self._messages, self._answer):
            for index, message in enumerate(messages):
                if (message.room, message.sequence) == (room, sequence):
                    messages[index] = message.erased()
        self._size = sum(map(_size, self._messages))

    def find(self, room: str, sequence: int) -> ChatMessage | None:
        """Return the message of a room with this *sequence*, or None."""
        for message in (*reversed(self._messages), *self._answer):
            if (message.room, message.sequence) == (room, sequence):
                return message
        return None


def _size(message: ChatMessage) -> int:
    return OVERHEAD + len(message.source) + len(message.text)
