"""The rate at which rooms, or direct rooms, are opened from one network address."""

from collections import OrderedDict
from typing import Final

from ..rate_limit import Rate, TokenBucket
from .connection import Connection

MAX_NETWORKS: Final = 16_384  # in memory; the one that opened a room first is forgotten


class NewRooms:
    """The rate limit of new rooms, of each network that opened one lately."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def may_open(self, connection: Connection, now: float) -> bool:
        """Return whether a connection may open another room, which then counts.

        One that is in no network has no limit.
        """
        if not connection.network:
            return True
        bucket = self._buckets.get(connection.network)
        if bucket is None:
            bucket = self._buckets[connection.network] = TokenBucket(self._rate, now)
            if len(self._buckets) > MAX_NETWORKS:
                self._buckets.popitem(last=False)
        if not bucket.has_token(now):
            return False
        bucket.spend(1.0)
        return True
