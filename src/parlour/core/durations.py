"""The times for which somebody is muted or banned, as people write them: 10m, 2h, 3d.

Programs that have a line typed by a person parse it; the server gets seconds.
"""

import re
from typing import Final

from .limits import MAX_SECONDS

FOREVER: Final = "forever"
UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}  # seconds
WRONG_TIME: Final = (
    "A time is a number and a unit, such as 10m, 2h, 3d or 1w, or forever. "
)

_TIME: Final = re.compile(r"([0-9]{1,9})([mhdw])")


def parse_seconds(time: str) -> int | None:
    """Return a time in seconds, None for ``forever``, or 0 if it is no such time."""
    if time.lower() == FOREVER:
        return None
    found = _TIME.fullmatch(time.lower())
    seconds = int(found[1]) * UNITS[found[2]] if found is not None else 0
    return seconds if seconds <= MAX_SECONDS else 0
