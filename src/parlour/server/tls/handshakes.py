"""Bounds on the TLS handshakes in progress, in total and for each address.

What became of them is counted.
"""

from collections import Counter
from enum import StrEnum
from typing import Final

from parlour.core.limits import DEFAULT_ARRIVAL_RATE
from parlour.core.sessions.address_limits import AddressLimits

from ..early_connections import EarlyConnection, EarlyConnections

HANDSHAKE_TIMEOUT: Final = 5.0  # seconds from the accepted socket to the end of it
MAX_PER_ADDRESS: Final = 64  # in progress from one IPv4 address or IPv6 /64 network


class Result(StrEnum):
    """What became of a handshake."""

    COMPLETED = "completed"
    FAILED = "failed"  # the peer broke a rule, refused the certificate, or has gone
    UNUSED = "unused"  # the peer sent nothing, as a health check does
    TIMEOUT = "timeout"
    ABORTED = "aborted"  # for a new one, since there were too many
    REFUSED = "refused"  # too many from one address


class Handshakes:
    """The handshakes in progress, at most *limit*. One thread at a time may use it.

    The oldest one makes room for a new one (see `EarlyConnections`). The connections of
    one network have a bound of their own, and its rate of arrivals counts here, too,
    since each handshake costs the server about a millisecond.
    """

    def __init__(self, limit: int) -> None:
        self._current = EarlyConnections(limit)
        self._networks: dict[EarlyConnection, str] = {}
        self._addresses = AddressLimits(MAX_PER_ADDRESS, DEFAULT_ARRIVAL_RATE)
        self.results = Counter[str]({each.value: 0 for each in Result})
        """How many have ended, by their result. Any thread may read it."""

    def __len__(self) -> int:
        return len(self._current)

    def begin(
        self, handshake: EarlyConnection, network: str, now: float
    ) -> list[EarlyConnection]:
        """Count *handshake*, and return those that the caller has to abort.

        It is one of them if its *network* has too many or too many in a short time. An
        empty *network* has no limits.
        """
        if network and self._addresses.add(network, now) is not None:
            self.results[Result.REFUSED.value] += 1
            return [handshake]
        self._networks[handshake] = network
        aborted = self._current.add(handshake)
        for each in aborted:
            self.end(each, Result.ABORTED)
        return aborted

    def end(self, handshake: EarlyConnection, result: Result = Result.FAILED) -> None:
        """Count *handshake* with its *result*; calling this again has no effect."""
        network = self._networks.pop(handshake, None)
        if network is None:
            return
        self._current.remove(handshake)
        self.results[result.value] += 1
        if network:
            self._addresses.remove(network)

    def all(self) -> list[EarlyConnection]:
        """Return the handshakes in progress."""
        return self._current.all()
