"""Limits per network address: open connections, and the rate of new ones."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from ..events import Bye
from ..rate_limit import Rate, TokenBucket

IPV6_PREFIX: Final = 64  # bits that all addresses of one IPv6 customer share
MAX_IDLE: Final = 16_384  # networks in memory without a connection


def network_of(host: str) -> str:
    """Return the network whose limits apply to *host*: itself, or its /64 for IPv6.

    *host* is a numeric address; an IPv4 address mapped into IPv6 counts as IPv4.
    Any other string, such as the path of a Unix socket, is a network of its own.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), IPV6_PREFIX), strict=False))


class _Network:
    """The open connections of one network, and the rate of new ones."""

    __slots__ = ("arrivals", "connections")

    def __init__(self, rate: Rate, now: float) -> None:
        self.connections = 0
        self.arrivals = TokenBucket(rate, now)


class AddressLimits:
    """The open connections of each network: at most *limit*, and new ones at *rate*."""

    def __init__(self, limit: int, rate: Rate) -> None:
        self.limit, self._rate = limit, rate
        self._networks: dict[str, _Network] = {}

    def __len__(self) -> int:
        """Return the number of networks in memory."""
        return len(self._networks)

    def add(self, network: str, now: float) -> Bye | None:
        """Count a new connection of *network*, or return the reason to reject it."""
        entry = self._networks.get(network)
        if entry is None:
            self._forget_idle(now)
            entry = self._networks[network] = _Network(self._rate, now)
        if entry.connections >= self.limit:
            reason = (
                f"your address has {self.limit:,} connections here, the most allowed"
            )
            return Bye("too_many_connections", reason)
        if not entry.arrivals.has_token(now):
            reason = "too many connections from your address in a short time"
            return Bye("too_many_arrivals", reason, entry.arrivals.delay)
        entry.arrivals.spend(1.0)
        entry.connections += 1
        return None

    def remove(self, network: str) -> None:
        """Stop counting a connection of *network* that was added."""
        self._networks[network].connections -= 1

    def _forget_idle(self, now: float) -> None:
        """Remove networks without connections if there are too many of them.

        Remove only those whose rate limit has recovered, or all of them if few have.
        """
        networks = self._networks
        if len(networks) < 2 * MAX_IDLE:
            return
        idle = [name for name, each in networks.items() if not each.connections]
        recovered = [name for name in idle if networks[name].arrivals.is_full(now)]
        for name in recovered if len(recovered) >= MAX_IDLE // 2 else idle:
            del networks[name]
