"""What has happened, in plain integers that nobody has to ask for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .delivery.shared_cursors import Write


@dataclass(slots=True)
class Counters:
    """Totals since the start."""

    connections: int = 0
    turned: int = 0
    """Connections that were not let in."""
    joined: int = 0
    lines: int = 0
    """Lines that were heard, blank ones and refused ones included."""
    messages: int = 0
    refused: int = 0
    delayed: int = 0
    """How often a session had to wait for its rate."""
    flushes: int = 0
    writes: int = 0
    """Bytes objects handed to one member each."""
    delivered: int = 0
    """Room events handed to one member each."""
    bytes: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    """Ends of sessions by their code."""

    def flushed(self, deliveries: Iterable[Write]) -> None:
        """Count one flush."""
        self.flushes += 1
        for data, sessions, events in deliveries:
            self.writes += len(sessions)
            self.delivered += events * len(sessions)
            self.bytes += len(data) * len(sessions)
