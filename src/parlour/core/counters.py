"""Totals since the start, as plain integers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from .delivery.shared_cursors import Write


@dataclass(slots=True)
class Counters:
    """Totals since the start."""

    connections: int = 0
    """Connections that were not rejected."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Rejected connections by their code."""
    joined: int = 0
    """Sessions that were opened or resumed."""
    resumed: int = 0
    """Those that were resumed on another connection."""
    sign_ins: Counter[str] = field(default_factory=Counter)
    """Sign-ins by their result: `ACCEPTED`, or the code of the refusal."""
    lines: int = 0
    """Processed lines, including blank and refused ones."""
    messages: int = 0
    """Recorded messages."""
    refused: int = 0
    """Refused messages and commands."""
    unrecorded: int = 0
    """Batches that the journal refused."""
    delayed: int = 0
    """The number of times that the rate limit delayed a session."""
    flushes: int = 0
    writes: int = 0
    """Bytes objects that were written, each counted for every member."""
    delivered: int = 0
    """Room events that were written, each counted for every member."""
    bytes: int = 0
    """Bytes that were written to all members."""
    closed: Counter[str] = field(default_factory=Counter)
    """Closed sessions by their code."""

    def count_flush(self, writes: Iterable[Write]) -> None:
        """Count one flush and its *writes*."""
        self.flushes += 1
        for data, sessions, events in writes:
            self.writes += len(sessions)
            self.delivered += events * len(sessions)
            self.bytes += len(data) * len(sessions)

    def copy(self) -> "Counters":
        """Return the totals so far, which do not change any more."""
        return replace(
            self,
            rejected=self.rejected.copy(),
            sign_ins=self.sign_ins.copy(),
            closed=self.closed.copy(),
        )


ACCEPTED: Final = "accepted"
"""The result of a sign-in that was not refused."""
