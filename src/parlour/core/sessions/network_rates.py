"""The rate at which connections of one network, or one proxy, do something costly."""

from collections import OrderedDict
from typing import Final

from ..rate_limit import Rate, TokenBucket
from .connection import Connection

MAX_NETWORKS: Final = 16_384  # in memory; the one that was first is forgotten


class NetworkRates:
    """One rate limit for each network that did it lately.

    All connections without a quota, those from this machine, share the *local* one;
    None is no limit.
    """

    def __init__(self, rate: Rate, local: Rate | None = None) -> None:
        self._rate, self._local = rate, local
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def allows(self, connection: Connection, now: float) -> bool:
        """Return whether a connection may do it once more, which then counts."""
        rate = self._rate if connection.quota else self._local
        if rate is None:
            return True
        bucket = self._buckets.get(connection.quota)
        if bucket is None:
            bucket = self._buckets[connection.quota] = TokenBucket(rate, now)
            if len(self._buckets) > MAX_NETWORKS:
                self._buckets.popitem(last=False)
        if not bucket.has_token(now):
            return False
        bucket.spend(1.0)
        return True
