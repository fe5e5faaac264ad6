"""How many may be here at a time: users, and pages that are open beside them."""

from typing import Final

from .connection import Connection, Entrance
from .events import Bye
from .limits import Limits

FULL_WAIT: Final = 30.0  # seconds after which to come back to a server that was full


class Capacity:
    """Who is here, counted, and whether there is room for more.

    Who takes part is a user, at a page or not. Open pages have a bound of their own,
    so that those who only watch lock out no user.
    """

    def __init__(self, limits: Limits) -> None:
        self._max_users, self._max_pages = limits.max_users, limits.max_pages
        self.users = 0
        self.pages = 0
        """Open pages, those of users among them."""

    def enter(self, connection: Connection) -> None:
        """Count one more that has come in."""
        if connection.entrance.is_page:
            self.pages += 1
        else:
            self.seat(connection)

    def seat(self, connection: Connection) -> None:
        """Count as a user, from now on, one that takes part."""
        self.users += not connection.is_user
        connection.is_user = True

    def leave(self, connection: Connection) -> None:
        """Count one less."""
        self.pages -= connection.entrance.is_page
        self.users -= connection.is_user

    def full(self, entrance: Entrance) -> Bye | None:
        """Return what is said to one more who comes by *entrance*, if it is full.

        One who comes by a page may still find no place when it takes part.
        """
        if entrance.is_page:
            return _full(self.pages, self._max_pages, "open page")
        return self.crowded()

    def crowded(self) -> Bye | None:
        """Return what is said to one more who would take part, if it is full."""
        return _full(self.users, self._max_users, "user")


def _full(count: int, most: int, one: str) -> Bye | None:
    if count < most:
        return None
    those = f"1 {one}" if most == 1 else f"{most:,} {one}s"
    reason = f"the server is full ({those}); try again later"
    return Bye("server_full", reason, FULL_WAIT)
