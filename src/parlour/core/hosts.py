"""The hosts that requests may name.

A foreign site can resolve its own name to this machine, and let a browser here send
requests to it (DNS rebinding). Its name is in their Host header.
"""

import re
from collections.abc import Iterable
from typing import Final

from .loopback import is_address

HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
"""A Host header in lower case: a name or an address, and perhaps a port."""


class AllowedHosts:
    """``localhost``, every IP address, and the names in *allowed*.

    IP addresses are safe: DNS rebinding needs a name. If the host of a request is an
    address, the request was sent to that address, or a proxy set it.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.names = frozenset(name.lower() for name in allowed)

    def allows(self, host: str | None) -> bool:
        """Return whether *host*, a Host header with or without a port, is allowed.

        *host* is None for an HTTP/1.0 request without the header. Load balancers send
        such requests; browsers do not, so a foreign site cannot cause one.
        """
        if host is None:
            return True
        name, _ = split_host(host)
        return name == "localhost" or name in self.names or is_address(name.strip("[]"))


def split_host(host: str) -> tuple[str, str]:
    """Return the name and ``:port`` of *host* in lower case; both empty if invalid."""
    found = HOST.fullmatch(host.lower())
    return (found[1], found[2] or "") if found else ("", "")
