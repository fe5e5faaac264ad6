"""Wall times in the format of RFC 3339."""

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
    micros = min(max(round(time * 1_000_000), 0), LAST)
    moment = EPOCH + timedelta(microseconds=micros)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
