"""The users of a room, sorted by name."""

from collections.abc import Iterable

from ..events import RoomName, User, Users
from ..limits import USERS_PAGE


def sorted_users(users: Iterable[User]) -> tuple[User, ...]:
    """Return *users*, sorted by name without regard to case."""
    return tuple(sorted(users, key=_by_name))


def user_pages(room: RoomName, users: tuple[User, ...]) -> tuple[Users, ...]:
    """Return the events that list sorted *users*: at least one page of them."""
    return tuple(
        Users(room, users[index : index + USERS_PAGE], index + 1, len(users))
        for index in range(0, max(len(users), 1), USERS_PAGE)
    )


def _by_name(user: User) -> tuple[str, str]:
    return user.name.casefold(), user.name
