"""Sizes, times, and how fast one may speak. `now` is an argument."""

from dataclasses import dataclass
from typing import Final

from .rate_limit import Rate

MAX_NAME: Final = 32  # characters after trimming and NFC
USERS_PAGE: Final = 100  # names in one line of an answer: 38,400 bytes at the worst
HISTORY_PAGE: Final = 200  # messages in the plain answer to `history`
SESSION_PAGE: Final = 100  # messages in an answer of the session dialect, unless asked
MAX_PAGE: Final = 1000  # messages in any answer; 256 KiB bound it, too
MAX_ID: Final = 64  # characters of the id that a client gives a message
MIN_TOKEN: Final = 16  # characters: less is no secret
MAX_TOKEN: Final = 128
MAX_HELD: Final = 1000  # names that are held at a time for those who may come back
MAX_OTHERS: Final = 256  # connections of browsers beside those of open pages
MAX_BATCH: Final = 4096  # drafts given to the history at once
MAX_BATCH_SIZE: Final = 512 << 10  # their characters, about; one draft at the least
MAX_SHARED: Final = 2 * MAX_BATCH_SIZE  # the same, before who has more to say waits
MAX_OWED: Final = 16  # answers a member may be owed before it is not heard further
MAX_FAULTS: Final = 50  # lines in a row, none of them a command, before the end


DEFAULT_RATE: Final = Rate(5.0, 20.0)
ARRIVALS: Final = Rate(10.0, 128.0)
"""New connections of one network address, a second and at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is bounded, and where. Sizes in bytes, times in seconds."""

    max_users: int = 10_000
    """Connections at a time; one more is told so and ended."""

    max_per_address: int = 256
    """Connections of one network address at a time; one more is told so and ended."""

    arrivals: Rate = ARRIVALS
    """New connections of one network address; one that comes too fast is refused."""

    max_pages: int = 4096
    """Pages that are open at a time, beside the users; one more is told so."""

    max_closing: int = 256
    """Connections whose session has ended and that are not closed yet."""

    max_queued: int = 128 << 20
    """Bytes that wait for or from all peers together; who has most is cut off."""

    max_line: int = 32_768
    """Of a line that comes in, LF not counted; a longer one is refused, skipped."""

    max_text: int = 4096
    """UTF-8 of one message; a longer one is refused."""

    log_bytes: int = 4 << 20
    """A room keeps at least so much of what it recently told, per dialect."""

    flush_bytes: int = 256 << 10
    """Handed at most to one member in one flush, but always one whole event."""

    max_pending: int = 4 << 20
    """Characters that are said and not recorded, per room; who says more waits."""

    admission: float = 0.05
    """A connection that says nothing enters the room after so long."""

    half_line: float = 30.0
    """A line that has begun must end within so long."""

    stall: float = 10.0
    """A member that lags and takes nothing for so long is cut off."""

    hold: float = 10.0
    """The name of a lost session that may come back is kept so long."""

    silence: float = 30.0
    """A session that says nothing for so long is asked whether it is there."""

    pong: float = 20.0
    """It is lost if it says nothing for so long after that."""

    rate: Rate | None = DEFAULT_RATE
    """What one session may say before it is delayed; None: as much as it likes."""
