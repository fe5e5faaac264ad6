"""Wall times as text: in the format of RFC 3339, and for people."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LAST: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND


@lru_cache(maxsize=64)  # all messages of a batch have the same time
def rfc3339(time: float) -> str:
    """Return *time*, in seconds since 1970, in UTC and with microseconds.

    A time outside the years 1970 to 9999 becomes the nearest time inside them.
    """
    return f"{_moment(time):%Y-%m-%dT%H:%M:%S.%f}Z"


def utc_minute(time: float) -> str:
    """Return *time* in UTC, for people, such as ``2026-11-27 14:02 UTC``."""
    return f"{_moment(time):%Y-%m-%d %H:%M} UTC"


def _moment(time: float) -> datetime:
    micros = min(max(round(time * 1_000_000), 0), LAST)
    return EPOCH + timedelta(microseconds=micros)
