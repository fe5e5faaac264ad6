"""The time that passed between entries."""

from typing import Final

MAX_STEP: Final = 3600.0  # seconds; a longer time between two batches counts as this


class PassedTime:
    """Seconds that have passed, by the times of the batches.

    A wall clock can be wrong, and be set while the server runs. A step back counts
    nothing, and a step ahead at most `MAX_STEP`, so what is kept for a day is not lost
    because a clock jumped. While nothing happens, time passes more slowly.
    """

    def __init__(self, seconds: float = 0.0, last: float | None = None) -> None:
        self.seconds = seconds
        self.last = last
        """The time of the last batch."""

    def advance(self, time: float) -> None:
        """Count the time since the last batch; *time* is that of the next one."""
        if self.last is not None and time > self.last:
            self.seconds += min(time - self.last, MAX_STEP)
        self.last = time
