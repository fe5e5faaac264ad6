"""How many may be here at a time: users, and pages that are open beside them."""

from typing import Final

from ..events import Bye
from ..limits import Limits
from .address_limits import AddressLimits
from .connection import Connection, ConnectionKind

FULL_WAIT: Final = 10.0  # seconds after which to come back to a server that was full
CLOSING_WAIT: Final = 1.0  # seconds, where only connections that close are too many


class Capacity:
    """Who is here, counted, and whether there is room for more.

    Who takes part is a user, at a page or not. Open pages have a bound of their own,
    so that those who only watch lock out no user. A place is free as soon as its
    session ends; the connection may take longer to close, and counts as closing then.
    """

    def __init__(self, limits: Limits) -> None:
        self._addresses = AddressLimits(limits.max_per_address, limits.arrivals)
        self._max_users, self._max_pages = limits.max_users, limits.max_pages
        self._max_closing = limits.max_closing
        self.users = 0
        self.pages = 0
        """Open pages, those of users among them."""
        self.closing = 0
        """Connections whose session has ended."""

    def enter(self, connection: Connection) -> None:
        """Count one more that has come in."""
        connection.has_place = True
        if connection.kind.is_page:
            self.pages += 1
        else:
            self.seat(connection)

    def seat(self, connection: Connection) -> None:
        """Count as a user, from now on, one that takes part."""
        self.users += not connection.is_user
        connection.is_user = True

    def leave(self, connection: Connection) -> None:
        """Free the place of a connection whose session ends; it is closing now."""
        if connection.has_place:
            connection.has_place = False
            self.pages -= connection.kind.is_page
            self.users -= connection.is_user
            connection.is_user = False
            self.closing += 1
            if connection.network:
                self._addresses.remove(connection.network)

    def close(self, connection: Connection) -> None:
        """Record that a connection is gone."""
        self.leave(connection)
        self.closing -= 1

    def rejection(self, kind: ConnectionKind, network: str, now: float) -> Bye | None:
        """Return what is said to one more who comes by *kind*, if it is refused.

        One that is not counts against the limits of its *network*, if it has any. One
        who comes by a page may still find no place when it takes part.
        """
        if self.closing >= self._max_closing:
            reason = "too many connections are closing just now; try again"
            return Bye("server_full", reason, CLOSING_WAIT)
        if kind.is_page:
            bye = _full(self.pages, self._max_pages, "open page")
        else:
            bye = self.crowded()
        if bye is None and network:
            bye = self._addresses.add(network, now)
        return bye

    def crowded(self) -> Bye | None:
        """Return what is said to one more who would take part, if it is full."""
        return _full(self.users, self._max_users, "user")


def _full(count: int, most: int, one: str) -> Bye | None:
    if count < most:
        return None
    those = f"1 {one}" if most == 1 else f"{most:,} {one}s"
    reason = f"the server is full ({those}); try again later"
    return Bye("server_full", reason, FULL_WAIT)
