"""The messages of a room that were shown before their sequences were known.

Plain lines have no sequences. If a welcome follows, on the same connection or a later
one, the server may send their messages again: in a replay, or in a page of recent
messages. The client shows each of them once.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final

from .server_events import Message

MAX_UNNUMBERED: Final = 10_000  # different messages; the oldest are forgotten


class Unnumbered:
    """How often each message was shown without a sequence, by its source and text.

    Their order does not count: between them there may be messages of an outage, which
    were not shown. All of them were said before a session enters the room, so that none
    has a sequence above that of the room at that time.
    """

    def __init__(self) -> None:
        self._counts = OrderedDict[int, int]()  # the latest at the end
        self._total = 0
        self._last: int | None = None  # the highest sequence that they may have

    def __len__(self) -> int:
        return self._total

    def add(self, source: str, text: str) -> None:
        """Record that a message was shown."""
        key = hash((source, text))
        self._counts[key] = self._counts.pop(key, 0) + 1
        self._total += 1
        self._last = None
        if len(self._counts) > MAX_UNNUMBERED:
            self._total -= self._counts.popitem(last=False)[1]

    def begin(self, position: int | None) -> None:
        """Start on a new connection, in a room of which *position* was received."""
        if position is not None and self._last is not None and position >= self._last:
            # Whatever follows was said later.
            self._counts.clear()
            self._total, self._last = 0, None

    def entered(self, sequence: int) -> None:
        """Record that a session has entered the room, at *sequence*."""
        # In a recreated history, sequences are lower.
        self._last = sequence if self._last is None else min(self._last, sequence)

    def take(self, message: Message) -> bool:
        """Return whether *message* was shown, and count it as repeated."""
        key = _key(message)
        if not self._is_possible(message) or key not in self._counts:
            return False
        self._counts[key] -= 1
        self._total -= 1
        if not self._counts[key]:
            del self._counts[key]
        return True

    def not_shown(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """Return those of a page that were not shown. They still count.

        The last ones were shown: of equal messages, the older ones remain.
        """
        counts, found = dict(self._counts), deque[Message]()
        for each in reversed(tuple(messages)):
            key = _key(each)
            if self._is_possible(each) and counts.get(key):
                counts[key] -= 1
            else:
                found.appendleft(each)
        return tuple(found)

    def _is_possible(self, message: Message) -> bool:
        return self._last is not None and message.sequence <= self._last


def _key(message: Message) -> int:
    return hash((message.source, message.text))
