"""The position in a room's history: duplicates are dropped, and gaps are reported.

Sequences only increase, and may have holes anywhere: they are compared, and never
subtracted. Only the server knows of a gap, and reports it.
"""

from typing import NamedTuple


class Cursor(NamedTuple):
    """The last message received, in one epoch of a room's history."""

    epoch: str
    sequence: int


class HistoryCursor:
    """The client's position in one room, over one connection after another."""

    def __init__(self) -> None:
        self.position: Cursor | None = None  # None before the room was entered
        self._next_epoch: str | None = None  # beyond a gap that is not reported yet

    def is_before(self, epoch: str, sequence: int) -> bool:
        """Return whether the position is in *epoch*, at or before *sequence*."""
        position = self.position
        return position is not None and (
            position.epoch == epoch and position.sequence <= sequence
        )

    def entered(self, epoch: str, sequence: int, *, is_recovered: bool) -> bool:
        """Process the entry into a room whose last message is *sequence*.

        Returns whether the server reports a gap before the next message.
        """
        position = self.position
        if position is None:
            self.position = Cursor(epoch, sequence)
            return False
        if is_recovered and position.epoch == epoch:
            self._next_epoch = None
            return False
        # The position stays: if the connection is lost before the gap is reported,
        # the next hello must ask for it again.
        self._next_epoch = epoch
        return True

    def skip_to(self, resume_after: int, *, is_recreated: bool = False) -> None:
        """Continue after *resume_after*; move back only in a recreated history."""
        if self.position is None:
            return
        epoch = self._next_epoch or self.position.epoch
        is_other = epoch != self.position.epoch
        if is_recreated or is_other or resume_after > self.position.sequence:
            self.position, self._next_epoch = Cursor(epoch, resume_after), None

    def advance(self, sequence: int) -> bool:
        """Move to the message *sequence*; return False if it is a duplicate."""
        if self.position is None:
            return False
        epoch = self._next_epoch or self.position.epoch
        if epoch == self.position.epoch and sequence <= self.position.sequence:
            return False
        self.position, self._next_epoch = Cursor(epoch, sequence), None
        return True
