"""Whether the server is healthy, and whether it is ready for clients."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from .readings import Reading

MAX_BATCH_AGE: Final = 3.0  # seconds for the journal to commit a batch


class Stage(Enum):
    """What a server does at the moment."""

    STARTING = auto()
    """It opens its history."""
    SERVING = auto()
    """It accepts connections."""
    STOPPING = auto()
    """It closes its connections, and accepts no more."""


STARTING: Final = "the server is starting: it does not accept connections yet"
STOPPING: Final = "the server is stopping: it accepts no more connections"
REFUSED: Final = "the journal did not record the last batch: the log has the reason"


def no_turn(seconds: float) -> str:
    """Return the problem of a server whose driver took no turn for *seconds*."""
    return f"the main thread has not taken a turn for {seconds:.0f} seconds"


def health_problems(reading: Reading) -> Sequence[str]:
    """Return why a server whose driver takes turns is not healthy."""
    gauges = reading.gauges
    problems = []
    if gauges.batch_age > MAX_BATCH_AGE:
        problems.append(
            f"the journal has not committed a batch for {gauges.batch_age:.0f} seconds"
        )
    if not gauges.is_recording:
        problems.append(REFUSED)
    return problems


def stage_problems(stage: Stage) -> Sequence[str]:
    """Return why a server in this *stage* is not ready for clients."""
    match stage:
        case Stage.STARTING:
            return [STARTING]
        case Stage.SERVING:
            return []
        case Stage.STOPPING:
            return [STOPPING]
