"""Conditions that every run must meet, however noisy the machine is.

No run of a Parlour server fails, loses a line or disconnects a member; no server writes
line by line; and no line costs far more than in the bare loop.
"""

from typing import Final

from .figures import Figures
from .servers import OURS

MOST_WRITES: Final = 0.1
"""Writes per delivered line at 200 members, saturated: one per line would be 1."""
MOST_RATIO: Final = 2.5
"""Ratio to the bare loop of the same run; on a quiet machine it is 0.9 to 1.6."""
WHERE: Final = "saturated-200"
WHO: Final = ("async", "async, SQLite", "threads")


def broken(figures: Figures) -> list[str]:
    """Return a sentence for each condition that a run did not meet."""
    broken = figures.failures([server.name for server in OURS])
    for server in WHO:
        if server not in figures.servers(WHERE):
            continue  # this server was not measured
        if not figures.runs(WHERE, server):
            continue  # reported as a failure already
        writes = figures.median(WHERE, server, "writes_per_line")
        if writes is None:
            broken.append(f"{server}: its writes were not counted")
        elif writes > MOST_WRITES:
            broken.append(f"{server}: {writes:.3f} writes per line, over {MOST_WRITES}")
        ratio = figures.ratio(WHERE, server)
        if ratio is None:
            broken.append(f"{server}: there is no bare loop to compare it with")
        elif ratio > MOST_RATIO:
            broken.append(f"{server}: {ratio:.2f} x the bare loop, over {MOST_RATIO}")
    return broken
