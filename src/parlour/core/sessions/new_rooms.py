"""The rate at which rooms are opened from one network address."""

from collections import OrderedDict
from typing import Final

from ..limits import NEW_ROOM_RATE
from ..rate_limit import TokenBucket
from .connection import Connection

MAX_NETWORKS: Final = 16_384  # in memory; the one that opened a room first is forgotten


class NewRooms:
    """The rate limit of new rooms, of each network that opened one lately."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def bucket(self, connection: Connection, now: float) -> TokenBucket | None:
        """Return the bucket of a connection's network; None if it has no limit."""
        if not connection.network:
            return None
        bucket = self._buckets.get(connection.network)
        if bucket is None:
            bucket = self._buckets[connection.network] = TokenBucket(NEW_ROOM_RATE, now)
            if len(self._buckets) > MAX_NETWORKS:
                self._buckets.popitem(last=False)
        return bucket
