"""What is not sent without being asked: it is old, or might be there twice."""

from collections.abc import Iterable

from .exit_status import ExitCode, ExitStatus, yours
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import MAX_AGE, Entry, Outbox, lines


class UnconfirmedLines:
    """Commands that were taken out of the outbox. In a pipe, nobody can be asked."""

    def __init__(
        self, outbox: Outbox, view: DisplayQueue, faults: ExitStatus, *, person: bool
    ) -> None:
        self._outbox, self._view, self._faults = outbox, view, faults
        self._person = person
        self._entries: list[Entry] = []

    @property
    def lines(self) -> int:
        """How many lines wait to be asked for."""
        return lines(self._entries)

    def take_stale(self, now: float) -> None:
        """Do not send without being asked what was typed long ago."""
        stale = self._outbox.take_out(typed_by=now - MAX_AGE)
        self._take(stale, "older than 5 minutes and not sent")

    def take_doubtful(self, entries: Iterable[Entry]) -> None:
        """Nor what may be kept, where nobody could tell a second from the first."""
        self._take(entries, "perhaps kept already and not sent again")

    def send(self, now: float) -> bool:
        """Put all back, as if it had been typed *now*; False if there is nothing."""
        entries, self._entries = self._entries, []
        self._outbox.again(entries, now)
        return bool(entries)

    def _take(self, entries: Iterable[Entry], why: str) -> None:
        taken = list(entries)
        if count := lines(taken):
            ask = ": press Enter to send, or leave" if self._person else ""
            self._view.note(f"{yours(count)} {why}{ask}")
        if self._person:
            self._entries += taken
        elif count:
            self._faults.blame(ExitCode.LOST)
