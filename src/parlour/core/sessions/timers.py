"""Timers as data: the core returns the next deadline, and a driver waits for it."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from ..events import SessionId
from ..limits import Limits

CLOCK_CHECK: Final = 1.0  # seconds between checks for a clock jump, while a timer runs
MAX_LATE: Final = 5.0  # seconds; a later check means that the process was suspended
MIN_RATE_DELAY: Final = (
    0.05  # seconds for which a session over its rate waits, at least
)


class Timer:
    """The deadlines of some sessions, each *delay* seconds after it was set.

    All sessions have the same delay, so deadlines pass in the order they are set.
    """

    __slots__ = ("_deadlines", "_delay")

    def __init__(self, delay: float) -> None:
        self._delay = delay
        # Not a plain dict: to find its first key, it walks past all deleted ones.
        self._deadlines: OrderedDict[SessionId, float] = OrderedDict()

    def __contains__(self, session: SessionId) -> bool:
        return session in self._deadlines

    def __iter__(self) -> Iterator[SessionId]:
        return iter(self._deadlines)

    @property
    def next(self) -> float | None:
        """The earliest deadline, on the clock of `now`; None if no session has one."""
        for deadline in self._deadlines.values():
            return deadline
        return None

    def set(self, session: SessionId, now: float) -> None:
        """Set or replace the deadline of *session*: *delay* seconds after *now*."""
        self._deadlines[session] = now + self._delay
        self._deadlines.move_to_end(session)  # keeps the order of deadlines

    def clear(self, session: SessionId) -> None:
        """Remove the deadline of *session*, if it has one."""
        self._deadlines.pop(session, None)

    def due(self, now: float) -> list[SessionId]:
        """Return the sessions whose deadline has passed, in the order of deadlines."""
        found = []
        for session, deadline in self._deadlines.items():
            if deadline > now:
                break
            found.append(session)
        return found

    def pop_due(self, now: float) -> list[SessionId]:
        """Remove the deadlines that have passed; return their sessions, like `due`."""
        sessions = self.due(now)
        for session in sessions:
            del self._deadlines[session]
        return sessions

    def postpone(self, seconds: float) -> None:
        """Make every deadline *seconds* later."""
        for session in self._deadlines:
            self._deadlines[session] += seconds


class Timers:
    """All timers of a hub, one for each kind of deadline.

    While any deadline is set, the clock is checked every second: if it jumped, the
    process was suspended, and every deadline is postponed.
    """

    def __init__(self, limits: Limits) -> None:
        self.admissions = Timer(limits.admission_delay)
        """Until a silent connection is admitted."""
        self.unfinished_lines = Timer(limits.line_timeout)
        """Until a line that has begun must end."""
        self.stalls = Timer(limits.stall_timeout)
        """Until a lagging peer must have received something."""
        period = 1.0 / limits.rate.per_second if limits.rate else 0.0
        self.rate_delays = Timer(max(period, MIN_RATE_DELAY))
        """Until a session that exceeded its rate may continue."""
        self.pings = Timer(limits.heartbeat_interval)
        """Until a silent session is pinged."""
        self.pongs = Timer(limits.pong_timeout)
        """Until a session that was pinged must have sent something."""
        self.reservations = Timer(limits.resume_timeout)
        """Until the name of a lost session is no longer reserved."""
        self._connection_timers = (
            *(self.admissions, self.unfinished_lines, self.stalls),
            *(self.rate_delays, self.pings, self.pongs),
        )
        self._all = (*self._connection_timers, self.reservations)
        self._next_clock_check: float | None = None

    def next(self, now: float) -> float | None:
        """Return the next deadline or clock check; None if no timer runs."""
        times = [time for timer in self._all if (time := timer.next) is not None]
        if not times:
            self._next_clock_check = None
            return None
        if self._next_clock_check is None:
            self._next_clock_check = now + CLOCK_CHECK
        return min(self._next_clock_check, *times)

    def check_clock(self, now: float) -> None:
        """Postpone every deadline by as much as this check is late.

        A check is late if the process was suspended; the peers were not slow then.
        """
        if self._next_clock_check is not None and now >= self._next_clock_check:
            late = now - self._next_clock_check
            if late > MAX_LATE:
                for timer in self._all:
                    timer.postpone(late)
            self._next_clock_check = None

    def clear_connection(self, session: SessionId) -> None:
        """Clear every deadline of *session* except that of its reserved name."""
        for timer in self._connection_timers:
            timer.clear(session)

    def restart_heartbeat(self, session: SessionId, now: float) -> None:
        """Restart the heartbeat: *session* sent data, or its data may be unread."""
        self.pings.set(session, now)
        self.pongs.clear(session)

    def stop_heartbeat(self, session: SessionId) -> None:
        """Stop pinging *session*, and stop waiting for its return."""
        self.pings.clear(session)
        self.pongs.clear(session)
        self.reservations.clear(session)
