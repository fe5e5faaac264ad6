"""How far we have heard: nothing is shown twice, and no gap goes untold."""

from typing import NamedTuple


class Cursor(NamedTuple):
    """The last message heard, of one life of the room's history."""

    epoch: str
    sequence: int


class Place:
    """Where we stand in the room, over one connection after the other."""

    def __init__(self) -> None:
        self.cursor: Cursor | None = None

    def welcomed(self, epoch: str, sequence: int, *, recovered: bool) -> int | None:
        """Take our place when the server, which stands at *sequence*, welcomes us.

        Returns how many messages will be told again, or None if a gap is told first.
        """
        before = self.cursor
        if before is None:
            self.cursor = Cursor(epoch, sequence)
            return 0
        if recovered and before.epoch == epoch:
            return max(0, sequence - before.sequence)
        self.cursor = Cursor(epoch, sequence)  # until the gap says where we are
        return None

    def jumped(self, resume_after: int, *, back: bool = False) -> None:
        """Go on after *resume_after*; *back* only if the history itself went back."""
        if self.cursor is not None and (back or resume_after > self.cursor.sequence):
            self.cursor = Cursor(self.cursor.epoch, resume_after)

    def hears(self, sequence: int) -> bool:
        """Tell whether the message *sequence* is new, and go on to it."""
        if self.cursor is None or sequence <= self.cursor.sequence:
            return False
        self.cursor = Cursor(self.cursor.epoch, sequence)
        return True
