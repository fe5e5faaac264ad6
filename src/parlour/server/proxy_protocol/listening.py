"""What a server that trusts proxies has: which ones, and a bound."""

from typing import NamedTuple

from parlour.core.proxies import TrustedProxies

from ..config import MAX_EARLY_CONNECTIONS, Config, max_early_connections


class Proxies(NamedTuple):
    """The proxies on the ports of the chat."""

    trusted: TrustedProxies
    """Those whose connections begin with a header."""
    limit: int = MAX_EARLY_CONNECTIONS
    """Connections without a complete header at a time."""


def trusted_proxies(config: Config, descriptors: int) -> Proxies | None:
    """Return the proxies of *config*, if there are any.

    The process may have *descriptors* open.
    """
    if not config.proxies:
        return None
    return Proxies(TrustedProxies(config.proxies), max_early_connections(descriptors))
