"""What a seed decides about the servers of a run."""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from parlour.core.limits import Limits
from parlour.core.storage import Numbering, consecutive

WALL_AT_ZERO: Final = 1_700_000_000.0 - 1000.0  # wall time at 0 of the virtual clock


@dataclass(frozen=True)
class Settings:
    """The limits of every server, and how messages are numbered."""

    limits: Limits
    recv_size: int
    numbering: Numbering
    max_messages: int
    """Stored messages of a room."""

    @classmethod
    def any(cls, rng: Random) -> "Settings":
        limits = Limits(
            recent_events_bytes=rng.choice((300, 1 << 12, 4 << 20)),
            flush_bytes=rng.choice((500, 1 << 14, 256 << 10)),
            max_pending=rng.choice((1 << 10, 4 << 20)),
        )
        return cls(
            limits,
            recv_size=rng.choice((5, 64, 65_536, 65_536, 65_536)),
            numbering=rng.choice((consecutive, with_holes)),
            max_messages=rng.choice((1_000_000, 1_000_000, 1_000_000, 30)),
        )

    @classmethod
    def unpruned(cls, rng: Random) -> "Settings":
        """Return settings with which no message is deleted."""
        return replace(cls.any(rng), max_messages=1_000_000)

    @property
    def is_pruned(self) -> bool:
        """Whether old messages are deleted."""
        return self.max_messages < 1_000_000


def with_holes(sequence: int) -> int:
    """Return the next sequence, which leaves out up to two."""
    return sequence + 1 + sequence * 5 % 7 // 3
