"""What no run may break, however noisy the machine is.

No run of ours fails, loses a line or cuts anybody off; nobody writes line by line;
and no line costs far more than the bare loop's.
"""

from typing import Final

from .figures import Figures
from .servers import OURS

MOST_WRITES: Final = 0.1
"""Writes per delivered line at 200 members, saturated: one per line would be 1."""
MOST_RATIO: Final = 2.5
"""Cost over the bare loop of the same run; in quiet it is 0.9 to 1.6."""
WHERE: Final = "saturated-200"
WHO: Final = ("async", "async, SQLite", "threads")


def broken(figures: Figures) -> list[str]:
    """Return what is not as it must be, for people."""
    told = figures.failures([server.name for server in OURS])
    for server in WHO:
        if server not in figures.servers(WHERE):
            continue  # nobody asked for it
        if not figures.runs(WHERE, server):
            continue  # that is told already
        writes = figures.median(WHERE, server, "writes_per_line")
        if writes is None:
            told.append(f"{server}: nobody counted how often it writes")
        elif writes > MOST_WRITES:
            told.append(f"{server}: {writes:.3f} writes per line, over {MOST_WRITES}")
        ratio = figures.ratio(WHERE, server)
        if ratio is None:
            told.append(f"{server}: there is no bare loop to compare it with")
        elif ratio > MOST_RATIO:
            told.append(f"{server}: {ratio:.2f} x the bare loop, over {MOST_RATIO}")
    return told
