"""What the pages may ask of the chat. A driver answers; it owns the hub."""

from typing import Literal, Protocol

from parlour.core.events import Page, Query, View

Mode = Literal["read", "write"]
"""What those at a page may do: hear the room only, or take part in it, too."""


class Chat(Protocol):
    """The chat, for threads that can wait.

    Both methods raise `history.HistoryError` where there is no answer, or none within
    a few seconds.
    """

    def view(self) -> View:
        """Return what is so now."""
        ...

    def read(self, query: Query) -> Page:
        """Return what the history has for *query*."""
        ...
