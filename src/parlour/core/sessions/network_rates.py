"""The rate at which connections of one network, or one proxy, do something costly."""

from typing import Final

from ..rate_limit import KeyedRates, Rate
from .connection import Connection

MAX_NETWORKS: Final = 16_384  # in memory; the one that was first is forgotten


class NetworkRates:
    """One rate limit for each network that did it lately.

    All connections without a quota, those from this machine, share the *local* one;
    None is no limit.
    """

    def __init__(self, rate: Rate, local: Rate | None = None) -> None:
        self._networks: KeyedRates[str] = KeyedRates(rate, MAX_NETWORKS)
        self.change_local(local)

    def change_local(self, local: Rate | None) -> None:
        """Apply another limit to the connections from this machine, from now on."""
        self._local: KeyedRates[str] | None = KeyedRates(local, 1) if local else None

    def allows(self, connection: Connection, now: float) -> bool:
        """Return whether a connection may do it once more, which then counts."""
        rates = self._networks if connection.quota else self._local
        return rates is None or rates.allows(connection.quota, now)
