"""What no run may break, however noisy the machine is."""

from typing import Final

from .figures import Figures

MOST_WRITES: Final = 0.1
"""Writes per delivered line at 200 members, saturated: one per line would be 1."""
MOST_RATIO: Final = 2.5
"""Cost over the bare loop of the same run; it is about 1 in quiet."""
WHERE: Final = "saturated-200"
WHO: Final = ("async", "threads")


def broken(figures: Figures) -> list[str]:
    """Return what is not as it must be, for people."""
    told = []
    for server in WHO:
        if server not in figures.servers(WHERE):
            continue  # nobody asked for it
        if not figures.runs(WHERE, server):
            told.append(f"{server}: no run came to an end")
            continue
        writes = figures.median(WHERE, server, "writes_per_line")
        if writes is None:
            told.append(f"{server}: nobody counted how often it writes")
        elif writes > MOST_WRITES:
            told.append(f"{server}: {writes:.3f} writes per line, over {MOST_WRITES}")
        ratio = figures.ratio(WHERE, server)
        if ratio is not None and ratio > MOST_RATIO:
            told.append(f"{server}: {ratio:.2f} x the bare loop, over {MOST_RATIO}")
    return told
