"""By which names a page may be asked for, and from which pages a socket may come.

A foreign site can have its own name lead to this machine (DNS rebinding), and it can
open a WebSocket to any address. Neither gets in: a name must be known, and a socket
must come from a page of the very host that it asks for.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")


class Hosts:
    """The names of this server: ``localhost``, any address, and those *allowed*.

    An address cannot be rebound, so every one is known: whoever sends it has reached
    this machine by it, or by a proxy that is asked to pass it on.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = {name.lower() for name in allowed}

    def knows(self, host: str) -> bool:
        """Tell whether *host*, as in the header, with a port or without, is one."""
        name = _name(host)
        return name == "localhost" or name in self._allowed or _is_address(name)

    def is_own(self, origin: str | None, host: str) -> bool:
        """Tell whether a page of *origin* may open a socket to *host*.

        None is no page: a browser always tells. A page may come by TLS only if its
        name is allowed, since it is a proxy that speaks it, and not we.
        """
        if origin is None or origin == f"http://{host.lower()}":
            return True
        return _name(host) in self._allowed and origin == f"https://{host.lower()}"


def _name(host: str) -> str:
    """Return *host* without its port, in lower case; empty if it is none at all."""
    found = _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(name.strip("[]")))
    return False
