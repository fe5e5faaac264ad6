"""Lists of users, which arrive in parts."""

from collections.abc import Sequence
from typing import Final

from .display_items import UserList
from .rooms import MAX_ROOMS
from .server_events import ListedUser

MAX_USERS: Final = 20_000  # names in a list of users, or in several incomplete ones
MAX_USERS_SIZE: Final = 1 << 20  # characters of them


class UserLists:
    """The lists of users of which another part follows, by room.

    All lists together are bounded; names beyond the bound are left out.
    """

    def __init__(self) -> None:
        self._lists: dict[str, list[ListedUser]] = {}
        self._count = self._size = 0

    def add(self, room: str, users: tuple[ListedUser, ...]) -> UserList:
        """Add a part of the list of *room*, and return its names for completion."""
        names = tuple(each.name for each in users)
        is_first = room not in self._lists
        if len(self._lists) >= MAX_ROOMS and is_first:
            return UserList(names, is_first, room)
        found = self._lists.setdefault(room, [])
        size = sum(map(len, names))
        if self._count < MAX_USERS and self._size + size <= MAX_USERS_SIZE:
            found += users
            self._count += len(users)
            self._size += size
        return UserList(names, is_first, room)

    def take(self, room: str) -> Sequence[ListedUser]:
        """Remove and return the complete list of *room*."""
        found = self._lists.pop(room, [])
        self._count -= len(found)
        self._size -= sum(len(each.name) for each in found)
        return found
