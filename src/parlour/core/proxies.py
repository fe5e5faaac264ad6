"""The proxies whose word about others counts: addresses and networks.

A proxy tells who is behind it, and that decides about limits, bans and passwords. So
nobody else is believed.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from .loopback import unmapped


class TrustedProxies:
    """The proxies in *prefixes*, such as ``10.0.0.0/8`` or ``10.0.0.1``.

    Raises `ValueError` for one that is invalid.
    """

    def __init__(self, prefixes: Iterable[str] = ()) -> None:
        self._networks = [ip_network(prefix) for prefix in prefixes]

    def __contains__(self, host: str) -> bool:
        """Return whether *host* is the numeric address of one of them."""
        try:
            address = ip_address(unmapped(host.partition("%")[0]))
        except ValueError:
            return False
        return any(address in network for network in self._networks)
