"""Plain lines that come before it is known whether the server will welcome us.

A server admits who says nothing for a moment, and through a tunnel our hello comes
later than that. So what is heard first may be plain, and the welcome comes behind it.
"""

from typing import Final

from parlour.core.events import Joined

from .display_items import SERVER, ChatMessage
from .notices import notice

MAX_HELD: Final = 1_000  # plain lines held back until the welcome
MAX_HELD_BYTES: Final = 1 << 20  # the same, in bytes

TURNED_AWAY: Final = (
    *("the server is full", "too many connections", "your address has"),
    "the server is shutting down",
)
"""How a server of ours begins to say that it takes nobody, or not us, now.

The plain dialect has no codes; a test compares these words with what the server says.
"""


class EarlyLines:
    """The plain lines of one connection before its welcome.

    Who comes back with a cursor holds them back: what is in them is told again. To
    who comes for the first time they are shown; only their number counts.
    """

    def __init__(self) -> None:
        self.messages = 0  # that were shown
        self._held: list[ChatMessage] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether no more may be held back."""
        return len(self._held) >= MAX_HELD or self._size >= MAX_HELD_BYTES

    def hold(self, said: ChatMessage) -> None:
        """Hold a line back."""
        self._held.append(said)
        self._size += len(said.line)

    def show(self, said: ChatMessage) -> None:
        """Note that a line is shown."""
        self.messages += said.source != SERVER

    def take(self, *, notices: bool = False) -> list[ChatMessage]:
        """Return what is held back, or the *notices* alone, and forget it.

        Our own entry is left out: we are told of it again.
        """
        if not self._held:
            return []
        held, self._held, self._size = self._held, [], 0
        if _is_entry(held[0]):
            del held[0]
        return [said for said in held if not notices or said.source == SERVER]


def _is_entry(said: ChatMessage) -> bool:
    return said.source == SERVER and isinstance(notice(said.text), Joined)


def refuses_hello(said: ChatMessage) -> bool:
    """Tell whether a server of ours says in plain words that hello came too late."""
    return said.source == SERVER and said.text.startswith('"hello" ')


def turns_away(said: ChatMessage) -> bool:
    """Tell whether a server of ours says that it takes nobody, or not us, now."""
    return said.source == SERVER and said.text.startswith(TURNED_AWAY)
