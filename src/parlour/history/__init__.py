"""What was said, in order, for as long as it is kept.

A history is the log of a room, and it alone numbers messages. The contract is
small, and these are its back ends:

``memory``  for servers that forget
"""

from collections.abc import Sequence
from typing import Protocol

from parlour.core.events import Draft, Message, Page, RoomName


class History(Protocol):
    """A log of messages per room.

    Sequences of a room increase in the order of appending; here, and in every back
    end that is kept on one machine, they count from 1 without gaps. Nobody but a
    history knows a sequence before it returns it. One thread at a time may append;
    reads may come from another.
    """

    def append(self, drafts: Sequence[Draft], time: float) -> list[Message]:
        """Keep *drafts*, said at the wall time *time*, and return one message each.

        The whole batch is kept, or none of it and an error is raised.
        """
        ...

    def before(self, room: RoomName, sequence: int, limit: int) -> Page:
        """Return the last *limit* messages before *sequence*, which is excluded.

        They are oldest first; the page's total counts all that are kept before it.
        """
        ...

    def head(self, room: RoomName) -> int:
        """Return the sequence of the newest message; 0 if there never was one."""
        ...

    def close(self) -> None:
        """Let go of what is held open. Nothing is appended after it."""
        ...
