"""Timers as data: the core returns the next deadline, and a driver waits for it."""

from collections import OrderedDict
from collections.abc import Iterator
from math import inf
from typing import Final, Generic, TypeVar

from ..events import ConnectionId, RoomName, SessionId
from ..limits import (
    BANNED_TIME,
    EMPTY_ROOM_TIME,
    READ_INTERVAL,
    SIGN_IN_TIME,
    Limits,
)

CLOCK_CHECK: Final = 1.0  # seconds between checks for a clock jump, while a timer runs
MAX_LATE: Final = 5.0  # seconds; a later check means that the process was suspended
MIN_RATE_DELAY: Final = (
    0.05  # seconds for which a session over its rate waits, at least
)


KeyT = TypeVar("KeyT")
"""What has a deadline: a connection, a session or a room; None for one timer."""


class Earliest:
    """A time before which no deadline of several timers passes."""

    __slots__ = ("time",)

    def __init__(self) -> None:
        self.time = inf


class Timer(Generic[KeyT]):
    """Deadlines, each *delay* seconds after it was set.

    All have the same delay, so deadlines pass in the order they are set. Each is noted
    in *earliest* if it is earlier than that.
    """

    __slots__ = ("_deadlines", "_delay", "_earliest")

    def __init__(self, delay: float, earliest: Earliest) -> None:
        self._delay, self._earliest = delay, earliest
        # Not a plain dict: to find its first key, it walks past all deleted ones.
        self._deadlines: OrderedDict[KeyT, float] = OrderedDict()

    def __contains__(self, key: KeyT) -> bool:
        return key in self._deadlines

    def __len__(self) -> int:
        return len(self._deadlines)

    def __iter__(self) -> Iterator[KeyT]:
        return iter(self._deadlines)

    @property
    def next(self) -> float | None:
        """The earliest deadline, on the clock of `now`; None if there is none."""
        for deadline in self._deadlines.values():
            return deadline
        return None

    def change_delay(self, delay: float) -> None:
        """Change the delay of deadlines that are set from now on.

        One that is then earlier than an older one passes when that does.
        """
        self._delay = delay

    def set(self, key: KeyT, now: float) -> None:
        """Set or replace the deadline of *key*: *delay* seconds after *now*."""
        self._deadlines[key] = deadline = now + self._delay
        self._deadlines.move_to_end(key)  # keeps the order of deadlines
        if deadline < self._earliest.time:
            self._earliest.time = deadline

    def clear(self, key: KeyT) -> None:
        """Remove the deadline of *key*, if it has one."""
        self._deadlines.pop(key, None)

    def due(self, now: float) -> list[KeyT]:
        """Return those whose deadline has passed, in the order of deadlines."""
        found = []
        for key, deadline in self._deadlines.items():
            if deadline > now:
                break
            found.append(key)
        return found

    def pop_due(self, now: float) -> list[KeyT]:
        """Remove the deadlines that have passed; return what had them."""
        if not self._deadlines:
            return []
        found = self.due(now)
        for key in found:
            del self._deadlines[key]
        return found

    def postpone(self, seconds: float) -> None:
        """Make every deadline *seconds* later."""
        for key in self._deadlines:
            self._deadlines[key] += seconds


class Timers:
    """All timers of a hub, one for each kind of deadline.

    While any deadline is set, the clock is checked every second: if it jumped, the
    process was suspended, and every deadline is postponed.
    """

    def __init__(self, limits: Limits) -> None:
        self._earliest = earliest = Earliest()
        self.admissions = Timer[ConnectionId](limits.admission_delay, earliest)
        """Until a silent connection is admitted."""
        self.unfinished_lines = Timer[ConnectionId](limits.line_timeout, earliest)
        """Until a line that has begun must end."""
        self.stalls = Timer[ConnectionId](limits.stall_timeout, earliest)
        """Until a lagging peer must have received something."""
        self.rate_delays = Timer[ConnectionId](_rate_delay(limits), earliest)
        """Until a session that exceeded its rate may continue."""
        self.pings = Timer[ConnectionId](limits.heartbeat_interval, earliest)
        """Until a silent session is pinged."""
        self.pongs = Timer[ConnectionId](limits.pong_timeout, earliest)
        """Until a session that was pinged must have sent something."""
        self.unsettled = Timer[ConnectionId](limits.unsettled_ping_interval, earliest)
        """Until a session whose entry is not settled is pinged."""
        self.welcomes = Timer[ConnectionId](limits.welcome_ping_delay, earliest)
        """Until a client that waits for its welcome is pinged."""
        self.sign_ins = Timer[ConnectionId](SIGN_IN_TIME, earliest)
        """Until a connection whose user has to sign in is closed."""
        self.bans = Timer[ConnectionId](BANNED_TIME, earliest)
        """Until a silent connection of a banned address is closed."""
        self.holds = Timer[SessionId](limits.resume_timeout, earliest)
        """Until a session that lost its connection is closed."""
        self.empty_rooms = Timer[RoomName](EMPTY_ROOM_TIME, earliest)
        """Until a room without members is closed."""
        self.reads = Timer[None](READ_INTERVAL, earliest)
        """Until read positions are recorded."""
        self._connection_timers = (
            *(self.admissions, self.unfinished_lines, self.stalls),
            *(self.rate_delays, self.pings, self.pongs, self.unsettled),
            *(self.welcomes, self.sign_ins, self.bans),
        )
        self._all = (*self._connection_timers, self.holds, self.empty_rooms, self.reads)
        self._next_clock_check: float | None = None

    def change_limits(self, limits: Limits) -> None:
        """Apply the delay that follows from another rate."""
        self.rate_delays.change_delay(_rate_delay(limits))

    def are_due(self, now: float) -> bool:
        """Return whether a deadline or a clock check may have passed.

        This compares two numbers, for the turns in which nothing has.
        """
        return now >= self._earliest.time

    def next(self, now: float) -> float | None:
        """Return when to look next: at a deadline or clock check, or before it.

        None if no timer runs. A deadline that was cleared or postponed may still be
        returned once, so that a turn need not look at each timer.
        """
        earliest = self._earliest.time
        if earliest == inf:
            return None
        if now < earliest and self._next_clock_check is not None:
            return earliest
        times = [time for timer in self._all if (time := timer.next) is not None]
        if not times:
            self._next_clock_check = None
            self._earliest.time = inf
            return None
        if self._next_clock_check is None:
            self._next_clock_check = now + CLOCK_CHECK
        self._earliest.time = earliest = min(self._next_clock_check, *times)
        return earliest

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

    def clear_connection(self, connection: ConnectionId) -> None:
        """Clear every deadline of *connection*."""
        for timer in self._connection_timers:
            timer.clear(connection)

    def restart_heartbeat(self, connection: ConnectionId, now: float) -> None:
        """Restart the heartbeat: *connection* sent data, or its data may be unread."""
        self.pings.set(connection, now)
        self.pongs.clear(connection)

    def stop_heartbeat(self, connection: ConnectionId) -> None:
        """Stop pinging *connection*."""
        self.unsettled.clear(connection)
        self.welcomes.clear(connection)
        self.pings.clear(connection)
        self.pongs.clear(connection)


def _rate_delay(limits: Limits) -> float:
    """Return after how many seconds a session that exceeded its rate may continue."""
    period = 1.0 / limits.rate.per_second if limits.rate else 0.0
    return max(period, MIN_RATE_DELAY)
