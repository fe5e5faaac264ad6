"""Deadlines as data: the core names the next one, a driver wakes it."""

from collections import OrderedDict
from typing import Final

from ..events import SessionId
from ..limits import Limits

HEARTBEAT: Final = 1.0  # seconds between ticks while any deadline is set
JUMP: Final = 5.0  # seconds; a tick that is later than this was slept through
RATE_WAIT: Final = 0.05  # seconds between looks at one who is delayed, at least


class Deadlines:
    """Deadlines of one kind, one per session, each *delay* seconds after its set.

    The delay is the same for all, so the first that was set is the first due.
    """

    __slots__ = ("_delay", "_due")

    def __init__(self, delay: float) -> None:
        self._delay = delay
        # The first of a plain dict is found behind all that were deleted before it.
        self._due: OrderedDict[SessionId, float] = OrderedDict()

    @property
    def next(self) -> float | None:
        """When the first is due, on the clock that `now` is read from."""
        for due in self._due.values():
            return due
        return None

    def __contains__(self, session: SessionId) -> bool:
        return session in self._due

    def set(self, session: SessionId, now: float) -> None:
        """Wake *session* *delay* seconds after *now*, and not earlier."""
        self._due[session] = now + self._delay
        self._due.move_to_end(session)  # keeps the order of setting

    def clear(self, session: SessionId) -> None:
        """Do not wake *session*."""
        self._due.pop(session, None)

    def due(self, now: float) -> list[SessionId]:
        """Return those that are due, in the order of their setting."""
        found = []
        for session, due in self._due.items():
            if due > now:
                break
            found.append(session)
        return found

    def ring(self, now: float) -> list[SessionId]:
        """Take out and return those that are due, in the order of their setting."""
        rung = self.due(now)
        for session in rung:
            del self._due[session]
        return rung

    def put_off(self, by: float) -> None:
        """Make every deadline *by* seconds later."""
        for session in self._due:
            self._due[session] += by


class Timers:
    """The kinds of deadlines that a hub has.

    While any is set there is a heartbeat, so that a jump of the clock shows.
    """

    def __init__(self, limits: Limits) -> None:
        self.arrivals = Deadlines(limits.admission)
        self.half_lines = Deadlines(limits.half_line)
        self.stalls = Deadlines(limits.stall)
        wait = 1.0 / limits.rate.per_second if limits.rate else 0.0
        self.delays = Deadlines(max(wait, RATE_WAIT))
        self.silences = Deadlines(limits.silence)  # until we ask whether it is there
        self.pongs = Deadlines(limits.pong)  # until it has to have said anything
        self.holds = Deadlines(limits.hold)  # until a lost one has left
        self._kinds = (
            *(self.arrivals, self.half_lines, self.stalls, self.delays),
            *(self.silences, self.pongs, self.holds),
        )
        self._beat: float | None = None

    def next(self, now: float) -> float | None:
        """Return when to look again; None if nothing is set."""
        times = [time for kind in self._kinds if (time := kind.next) is not None]
        if not times:
            self._beat = None
            return None
        if self._beat is None:
            self._beat = now + HEARTBEAT
        return min(self._beat, *times)

    def beat(self, now: float) -> None:
        """Take the heartbeat, and put off every deadline that was slept through.

        A clock that jumped means that we were stopped, not that peers were slow.
        """
        if self._beat is not None and now >= self._beat:
            late = now - self._beat
            if late > JUMP:
                for kind in self._kinds:
                    kind.put_off(late)
            self._beat = None

    def forget(self, session: SessionId) -> None:
        """Clear every deadline of *session* that needs its connection."""
        for kind in self._kinds:
            if kind is not self.holds:
                kind.clear(session)

    def listen(self, session: SessionId, now: float) -> None:
        """Know that *session*, which can be asked whether it is there, is."""
        self.silences.set(session, now)
        self.pongs.clear(session)

    def stop_asking(self, session: SessionId) -> None:
        """Do not mind any more whether *session* is there, or comes back."""
        for kind in (self.silences, self.pongs, self.holds):
            kind.clear(session)
