"""Bounds on the TLS handshakes in progress, in total and for each address.

A connection in its handshake is not known to the hub: it is nobody's, and is not
announced. So a peer that connects and sends nothing must not take a place for long.
The same holds for a connection before the header of its proxy (`proxy_protocol`).
"""

from collections import Counter
from enum import StrEnum
from typing import Final, Protocol

from parlour.core.limits import DEFAULT_ARRIVAL_RATE
from parlour.core.sessions.address_limits import AddressLimits

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


class Handshake(Protocol):
    """A handshake in progress."""

    def abort(self) -> None:
        """Close its socket at once."""
        ...


class Handshakes:
    """The handshakes in progress, at most *limit*. One thread at a time may use it.

    If there are too many, the oldest one is aborted: in a flood of peers that send
    nothing, those that shake hands still have the time for it. The connections of one
    network have a bound of their own, and its rate of arrivals counts here, too, since
    each handshake costs the server about a millisecond.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._current: dict[Handshake, str] = {}  # oldest first, with their networks
        self._addresses = AddressLimits(MAX_PER_ADDRESS, DEFAULT_ARRIVAL_RATE)
        self.results = Counter[str]({each.value: 0 for each in Result})
        """How many have ended, by their result. Any thread may read it."""

    def __len__(self) -> int:
        return len(self._current)

    def begin(self, handshake: Handshake, network: str, now: float) -> list[Handshake]:
        """Count *handshake*, and return those that the caller has to abort.

        It is one of them if its *network* has too many or too many in a short time. An
        empty *network* has no limits.
        """
        if network and self._addresses.add(network, now) is not None:
            self.results[Result.REFUSED.value] += 1
            return [handshake]
        self._current[handshake] = network
        if len(self._current) <= self._limit:
            return []
        oldest = next(iter(self._current))
        self.end(oldest, Result.ABORTED)
        return [oldest]

    def end(self, handshake: Handshake, result: Result = Result.FAILED) -> None:
        """Count *handshake* with its *result*; calling this again has no effect."""
        network = self._current.pop(handshake, None)
        if network is not None:
            self.results[result.value] += 1
        if network:
            self._addresses.remove(network)

    def all(self) -> list[Handshake]:
        """Return the handshakes in progress."""
        return list(self._current)
