"""When a room is flushed: at once for messages, a little later for notices alone."""

from typing import Final, Protocol

NOTICE_DELAY: Final = 5e-6  # seconds per member: about the time to deliver to one


class Scheduled(Protocol):
    """What a schedule must know of its room's delivery."""

    @property
    def has_new_events(self) -> bool: ...

    @property
    def is_incomplete(self) -> bool: ...

    def __len__(self) -> int: ...


class FlushSchedule:
    """The time of a room's next flush to all members.

    Notices are delayed, so that many of them share a write in a join storm.
    """

    def __init__(self, delivery: Scheduled) -> None:
        self._delivery = delivery
        self.is_urgent = False
        """Whether messages, or the end of the room, wait for a flush."""
        self._notices_since: float | None = None  # when the first one was seen

    def next_flush(self, now: float) -> float | None:
        """Return the time of the next flush to all members; None if nothing is new."""
        if self.is_urgent:
            return now
        if not self._delivery.has_new_events:
            self._notices_since = None
            return None
        if self._notices_since is None:
            self._notices_since = now
        return self._notices_since + NOTICE_DELAY * len(self._delivery)

    def flushed(self) -> None:
        """Start again, unless the last flush could not deliver everything."""
        if not self._delivery.is_incomplete:
            self.is_urgent, self._notices_since = False, None
