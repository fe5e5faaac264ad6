"""Limits per network address: connections at a time, and how fast new ones come."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from ..events import Bye
from ..rate_limit import Bucket, Rate

IPV6_PREFIX: Final = 64  # bits that all the addresses of one IPv6 customer share
MAX_IDLE: Final = 16_384  # networks without a connection whose rate is remembered


def network_of(host: str) -> str:
    """Return the network whose limits *host* shares: itself, or its /64 for IPv6.

    *host* is a numeric address; an IPv4 address mapped into IPv6 counts as IPv4.
    Anything else, such as the path of a Unix socket, is a network of its own.
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
    """One network: its open connections, and the rate of new ones."""

    __slots__ = ("arrivals", "connections")

    def __init__(self, rate: Rate, now: float) -> None:
        self.connections = 0
        self.arrivals = Bucket(rate, now)


class AddressLimits:
    """Connections per network, at most *most* at a time and as fast as *arrivals*."""

    def __init__(self, most: int, arrivals: Rate) -> None:
        self._most, self._rate = most, arrivals
        self._networks: dict[str, _Network] = {}

    def __len__(self) -> int:
        """Return how many networks are remembered."""
        return len(self._networks)

    def add(self, network: str, now: float) -> Bye | None:
        """Count a new connection from *network*, or return why it is refused."""
        found = self._networks.get(network)
        if found is None:
            self._forget_idle(now)
            found = self._networks[network] = _Network(self._rate, now)
        if found.connections >= self._most:
            reason = (
                f"your address has {self._most:,} connections here, the most allowed"
            )
            return Bye("too_many_connections", reason)
        if not found.arrivals.is_open(now):
            reason = "too many connections from your address in a short time"
            return Bye("too_many_arrivals", reason, found.arrivals.wait)
        found.arrivals.spend(1.0)
        found.connections += 1
        return None

    def remove(self, network: str) -> None:
        """Record that an admitted connection from *network* ended."""
        self._networks[network].connections -= 1

    def _forget_idle(self, now: float) -> None:
        """Forget networks without a connection once there are too many of them.

        These are the ones whose rate is at rest, or all if few are.
        """
        networks = self._networks
        if len(networks) < 2 * MAX_IDLE:
            return
        idle = [name for name, each in networks.items() if not each.connections]
        resting = [name for name in idle if networks[name].arrivals.is_full(now)]
        for name in resting if len(resting) >= MAX_IDLE // 2 else idle:
            del networks[name]
