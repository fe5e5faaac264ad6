"""Totals since the start, as plain integers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .delivery.shared_cursors import Write


@dataclass(slots=True)
class Counters:
    """Totals since the start."""

    connections: int = 0
    """Connections that were not rejected."""
    rejected: int = 0
    """Rejected connections."""
    joined: int = 0
    lines: int = 0
    """Processed lines, including blank and refused ones."""
    messages: int = 0
    """Recorded messages."""
    refused: int = 0
    """Refused messages and commands."""
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
