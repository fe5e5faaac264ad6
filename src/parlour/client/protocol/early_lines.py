"""The plain lines that a server sends before the welcome.

A server waits only a moment for hello before it admits a client as a plain one. Through
a tunnel, hello may take longer. So the first lines may be plain, and the welcome
follows.
"""

from typing import Final

from parlour.core.events import SERVER, Joined

from .display_items import ChatMessage
from .notices import notice

MAX_HELD: Final = 1_000  # plain lines held back until the welcome
MAX_HELD_BYTES: Final = 1 << 20  # the same, in bytes


class EarlyLines:
    """The plain lines of one connection before its welcome.

    A client that resumes a session holds them back, since the server replays their
    messages after the welcome. On a first connection they are shown, and only the
    number of messages counts.
    """

    def __init__(self) -> None:
        self.messages_shown = 0
        self._held: list[ChatMessage] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether no more may be held back."""
        return len(self._held) >= MAX_HELD or self._size >= MAX_HELD_BYTES

    def hold(self, message: ChatMessage) -> None:
        """Hold a line back."""
        self._held.append(message)
        self._size += len(message.line)

    def shown(self, message: ChatMessage) -> None:
        """Record that a line is shown."""
        self.messages_shown += message.source != SERVER

    def take(self, *, notices_only: bool = False) -> list[ChatMessage]:
        """Remove all held lines, and return them, or only the notices among them.

        The notice that this client joined is left out, since the server repeats it.
        """
        if not self._held:
            return []
        held, self._held, self._size = self._held, [], 0
        if _is_join(held[0]):
            del held[0]
        return [each for each in held if not notices_only or each.source == SERVER]


def _is_join(message: ChatMessage) -> bool:
    return message.source == SERVER and isinstance(notice(message.text), Joined)
