"""What the pages may ask of the chat. A driver answers; it owns the hub."""

from typing import Literal, NamedTuple, Protocol

from parlour.core.events import Page, Query, User

Mode = Literal["read", "write"]
"""What those at a page may do: hear the room only, or take part in it, too."""


class View(NamedTuple):
    """What is so at one moment: who is here, and how far the room has been told.

    *users* are sorted by name. The cursor of one who has read all is (*epoch*,
    *sequence*).
    """

    users: tuple[User, ...]
    epoch: str
    sequence: int


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
