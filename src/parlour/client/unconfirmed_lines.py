"""Lines that are sent only after a confirmation: they are old, or may be duplicates."""

from collections import Counter

from .exit_status import ExitCode, ExitStatus, your_lines
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import MAX_AGE, Outbox
from .protocol.queued_request import QueuedRequest, count_lines
from .protocol.requests import Request, Say


class UnconfirmedLines:
    """Requests taken out of the outbox until the user confirms them.

    Without an *interactive* user they are lost, and the exit code reports it.
    """

    def __init__(
        self,
        outbox: Outbox,
        display: DisplayQueue,
        status: ExitStatus,
        *,
        interactive: bool,
    ) -> None:
        self._outbox, self._display, self._status = outbox, display, status
        self._interactive = interactive
        self._requests: list[QueuedRequest] = []

    @property
    def count(self) -> int:
        """The number of lines that wait for a confirmation."""
        return count_lines(self._requests)

    def take_stale(self, now: float) -> None:
        """Take the requests that were entered long ago out of the outbox."""
        stale = self._outbox.take_stale(entered_by=now - MAX_AGE)
        self._add(stale, "older than 5 minutes and not sent")

    def take_possibly_recorded(self) -> None:
        """Take the lines that may be recorded already out of the outbox."""
        lines = self._outbox.take_possibly_recorded()
        self._add(lines, "possibly stored already and not sent again")

    def confirm(self, now: float) -> bool:
        """Put all lines back, as if entered *now*; return False if there are none."""
        confirmed, self._requests = self._requests, []
        self._outbox.put_back(each._replace(entered_at=now) for each in confirmed)
        return bool(confirmed)

    def _add(self, requests: list[QueuedRequest], why: str) -> None:
        """Set *requests* aside, and say for each room how many lines they are."""
        hint = ": press Enter to send, or leave" if self._interactive else ""
        rooms = Counter(_room(each.request) for each in requests if count_lines([each]))
        for room, count in rooms.items():
            self._display.note(f"{your_lines(count)} {why}{hint}", room)
        if commands := len(requests) - rooms.total():
            self._display.note(f"{your_lines(commands, 'commands')} {why}{hint}")
        if self._interactive:
            self._requests += requests
        elif requests:
            self._status.record(ExitCode.LOST)


def _room(request: Request) -> str:
    """Return the room of a line, which is not known yet for a direct message."""
    return request.room if isinstance(request, Say) else ""
