"""How far we have heard: nothing is shown twice, and no gap goes untold."""

from typing import NamedTuple


class Cursor(NamedTuple):
    """The last message heard, of one life of the room's history."""

    epoch: str
    sequence: int


class HistoryCursor:
    """Where we stand in the room, over one connection after the other."""

    def __init__(self) -> None:
        self.cursor: Cursor | None = None
        self._welcomed: str | None = None  # the epoch beyond a gap yet to be told

    def is_before(self, epoch: str, sequence: int) -> bool:
        """Tell whether we stand in the history *epoch* that has come to *sequence*."""
        cursor = self.cursor
        return cursor is not None and (
            cursor.epoch == epoch and cursor.sequence <= sequence
        )

    def welcomed(self, epoch: str, sequence: int, *, recovered: bool) -> int | None:
        """Take our place when the server, which stands at *sequence*, welcomes us.

        Returns how many messages will be told again, or None if a gap is told first.
        """
        before = self.cursor
        if before is None:
            self.cursor = Cursor(epoch, sequence)
            return 0
        if recovered and before.epoch == epoch:
            self._welcomed = None
            return max(0, sequence - before.sequence)
        self._welcomed = epoch  # we stay, lest a cut before the gap hides it
        return None

    def jumped(self, resume_after: int, *, back: bool = False) -> None:
        """Go on after *resume_after*; *back* only if the history itself went back."""
        if self.cursor is None:
            return
        epoch = self._welcomed or self.cursor.epoch
        is_other = epoch != self.cursor.epoch
        if back or is_other or resume_after > self.cursor.sequence:
            self.cursor, self._welcomed = Cursor(epoch, resume_after), None

    def hears(self, sequence: int) -> bool:
        """Tell whether the message *sequence* is new, and go on to it."""
        if self.cursor is None:
            return False
        epoch = self._welcomed or self.cursor.epoch
        if epoch == self.cursor.epoch and sequence <= self.cursor.sequence:
            return False
        self.cursor, self._welcomed = Cursor(epoch, sequence), None
        return True
