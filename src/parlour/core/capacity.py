"""How many may be here at a time: users, and pages that are open beside them."""

from typing import Final

from .connection import Entrance
from .events import Bye
from .limits import Limits

FULL_WAIT: Final = 30.0  # seconds after which to come back to a server that was full


class Capacity:
    """Who has come in by which entrance, counted, and whether there is room for more.

    Open pages have a bound of their own, so that they lock out no user.
    """

    def __init__(self, limits: Limits) -> None:
        self._max_users, self._max_pages = limits.max_users, limits.max_pages
        self.users = 0
        """Connections with a socket of their own."""
        self.pages = 0

    def enter(self, entrance: Entrance) -> None:
        """Count one more."""
        self._count(entrance, 1)

    def leave(self, entrance: Entrance) -> None:
        """Count one less."""
        self._count(entrance, -1)

    def full(self, entrance: Entrance) -> Bye | None:
        """Return what is said to one more who comes by *entrance*, if it is full."""
        if entrance.is_page:
            count, most, one = self.pages, self._max_pages, "open page"
        else:
            count, most, one = self.users, self._max_users, "user"
        if count < most:
            return None
        those = f"1 {one}" if most == 1 else f"{most:,} {one}s"
        reason = f"the server is full ({those}); try again later"
        return Bye("server_full", reason, FULL_WAIT)

    def _count(self, entrance: Entrance, by: int) -> None:
        if entrance.is_page:
            self.pages += by
        else:
            self.users += by
