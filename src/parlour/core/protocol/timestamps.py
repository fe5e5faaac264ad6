"""Wall time as it is printed: RFC 3339 in UTC. No clock is read here."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

START: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LAST: Final = (datetime.max.replace(tzinfo=UTC) - START) // MICROSECOND


@lru_cache(maxsize=64)  # a batch has one time
def rfc3339(time: float) -> str:
    """Return *time*, in seconds since 1970, to the microsecond.

    What is beyond the years that have four digits is the last moment of them.
    """
    micros = min(max(round(time * 1_000_000), 0), LAST)
    moment = START + timedelta(microseconds=micros)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
