"""Unread messages: how many, and the newest of them, which are kept for printing.

What is kept is bounded for each room and for all rooms together. If there is too much,
the oldest is dropped; it can still be read with ``/history``.
"""

from collections import deque
from typing import Final, NamedTuple

from ..protocol.display_items import ChatMessage

MAX_KEPT: Final = 500  # messages and notices of one room
MAX_KEPT_SIZE: Final = 256 << 10  # characters of them
MAX_TOTAL_SIZE: Final = 4 << 20  # characters in all rooms; see `JoinedRooms.keep`
OVERHEAD: Final = 256  # characters that a message counts besides its text


class UnreadBlock(NamedTuple):
    """The kept messages of a room, the oldest first, and how many were dropped."""

    items: tuple[ChatMessage, ...]
    unread: int  # messages of others
    dropped: int  # of them, those that are not among the items


class _Kept(NamedTuple):
    item: ChatMessage
    is_counted: bool

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.item.source) + len(self.item.text)


class Unread:
    """The unread messages of one room."""

    def __init__(self) -> None:
        self.count = 0  # messages of others
        self.mentions = 0  # of them, those that mention the user
        self.size = 0  # characters that are kept
        self._kept: deque[_Kept] = deque()
        self._dropped = 0
        self.missing = 0  # of the count, those that only the server has

    def expect(self, count: int, mentions: int) -> None:
        """Count messages that only the server has, as it says."""
        self.count += count - self.missing
        self.mentions += mentions
        self.missing = count

    def read_up_to(self, sequence: int, left: int) -> None:
        """Drop what was read elsewhere, up to *sequence*; *left* messages follow."""
        while self._kept and self._kept[0].item.sequence <= sequence:
            kept = self._kept.popleft()
            self.size -= kept.size
        counted = sum(kept.is_counted for kept in self._kept)
        self._dropped, self.missing = 0, max(left - counted, 0) if left else 0
        self.count = counted + self.missing
        if not self.count:
            self.mentions = 0

    def add(self, item: ChatMessage, *, is_counted: bool) -> None:
        """Keep *item*; it is counted if it is a message of another user."""
        kept = _Kept(item._replace(line=b""), is_counted)
        self._kept.append(kept)
        self.size += kept.size
        self.count += is_counted
        while len(self._kept) > MAX_KEPT or self.size > MAX_KEPT_SIZE:
            self.drop_oldest()

    def erase(self, sequence: int) -> None:
        """Remove the text of the message with this *sequence*, if it is kept."""
        for index, kept in enumerate(self._kept):
            if kept.item.sequence == sequence:
                self._kept[index] = kept._replace(item=kept.item.erased())
        self.size = sum(kept.size for kept in self._kept)

    def drop_oldest(self) -> None:
        """Drop the oldest kept item."""
        dropped = self._kept.popleft()
        self.size -= dropped.size
        self._dropped += dropped.is_counted

    @property
    def block(self) -> UnreadBlock:
        """Everything that is unread and kept."""
        items = tuple(kept.item for kept in self._kept)
        return UnreadBlock(items, self.count, self._dropped)
