"""The numbers of users, open pages and closing connections, and their limits."""

from collections import Counter
from typing import Final

from ..events import Bye
from ..limits import Limits
from .address_limits import AddressLimits
from .connection import Connection, ConnectionKind, CountedAs

FULL_RETRY: Final = 10.0  # seconds after which a peer may retry at a full server
CLOSING_RETRY: Final = 1.0  # seconds, if too many connections are still closing


class Capacity:
    """The counts of users, open pages and closing connections, each with a limit.

    A user takes part in the chat, with a page or a socket. Open pages have their own
    count, so that pages that only watch never keep a user out. A session's slot is free
    as soon as the session ends. Its connection counts as closing until it is closed.
    """

    def __init__(self, limits: Limits) -> None:
        self._addresses = AddressLimits(limits.max_per_address, limits.arrival_rate)
        self._limits = limits
        self.users = 0
        self.pages = 0
        """Open pages, including those of users."""
        self.closing = 0
        """Connections whose session has ended."""
        self._closing: dict[Connection, None] = {}  # not aborted yet, oldest first

    def change_limits(self, limits: Limits) -> None:
        """Apply other *limits* to new connections; those that are counted stay."""
        self._limits, self._addresses.limit = limits, limits.max_per_address

    def add(self, connection: Connection) -> None:
        """Count a new connection: a page as a page, any other as a user."""
        if connection.kind.is_page:
            connection.counted_as = CountedAs.PAGE
            self.pages += 1
        else:
            self.add_user(connection)

    def add_user(self, connection: Connection) -> None:
        """Count the session of *connection* as a user, if it is not one already."""
        if connection.counted_as is not CountedAs.USER:
            connection.counted_as = CountedAs.USER
            self.users += 1

    def start_closing(self, connection: Connection) -> None:
        """Free the slot of a connection whose session ends, and count it as closing.

        Do nothing if it already counts as closing.
        """
        if connection.counted_as is CountedAs.CLOSING:
            return
        self.users -= connection.counted_as is CountedAs.USER
        self.pages -= connection.kind.is_page
        self.closing += 1
        self._closing[connection] = None
        connection.counted_as = CountedAs.CLOSING
        if connection.network:
            self._addresses.remove(connection.network)

    def remove(self, connection: Connection) -> None:
        """Stop counting a connection that is closed."""
        self.start_closing(connection)
        self.closing -= 1
        self._closing.pop(connection, None)

    def take_excess_closing(self) -> Connection | None:
        """Return a closing connection to abort, so that there is room for a new one.

        It is the oldest one of the network that has most of them, and returned once.
        """
        if not self._closing or len(self._closing) < self._limits.max_closing:
            return None
        counts = Counter(each.network for each in self._closing)
        ((network, _),) = counts.most_common(1)
        found = next(each for each in self._closing if each.network == network)
        del self._closing[found]
        return found

    def rejection(self, kind: ConnectionKind, network: str, now: float) -> Bye | None:
        """Return why a new connection of this *kind* is rejected, or None if it is not.

        A connection that is not rejected counts against the limits of its *network*,
        unless *network* is empty. A page may still be refused as a user later.
        """
        if self.closing >= 2 * self._limits.max_closing:  # half of them are aborted
            reason = "too many connections are closing just now; try again"
            return Bye("server_full", reason, CLOSING_RETRY)
        if kind.is_page:
            bye = _full(self.pages, self._limits.max_pages, "open page")
        else:
            bye = self.user_rejection()
        if bye is None and network:
            bye = self._addresses.add(network, now)
        return bye

    def user_rejection(self) -> Bye | None:
        """Return why the server cannot have another user, or None if it can."""
        return _full(self.users, self._limits.max_users, "user")


def _full(count: int, limit: int, noun: str) -> Bye | None:
    if count < limit:
        return None
    counted = f"1 {noun}" if limit == 1 else f"{limit:,} {noun}s"
    reason = f"the server is full ({counted}); try again later"
    return Bye("server_full", reason, FULL_RETRY)
