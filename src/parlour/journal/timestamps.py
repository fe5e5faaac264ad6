"""Stored times: whole microseconds since 1970."""

from typing import Final

MICROSECONDS: Final = 1_000_000  # per second
MAX_TIME: Final = (
    253_370_764_800.0  # seconds: the start of 9999, a year that an import refuses
)


def to_microseconds(time: float) -> int:
    """Return *time*, in seconds, as whole microseconds."""
    return round(time * MICROSECONDS)


def from_microseconds(microseconds: int) -> float:
    """Return *microseconds* in seconds. Exact until the year 2255."""
    return microseconds / MICROSECONDS
