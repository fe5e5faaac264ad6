"""Which hosts a request may name.

A foreign site can resolve its own name to this machine, and let a browser here send
requests to it (DNS rebinding). Its name is in their Host header.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
"""A Host header in lower case: a name or an address, and perhaps a port."""


class AllowedHosts:
    """``localhost``, every IP address, and *names*.

    DNS rebinding needs a name, so an address is harmless.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = {"localhost", *(name.lower() for name in names)}

    def allow(self, host: str | None) -> bool:
        """Return whether a request may name *host*.

        It is None for a request of HTTP/1.0 without the header, which no browser sends.
        """
        if host is None:
            return True
        found = HOST.fullmatch(host.strip().lower())
        if found is None:
            return False
        name = found[1]
        return name in self._names or _is_address(name.strip("[]"))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
