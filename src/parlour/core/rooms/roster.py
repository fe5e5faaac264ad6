"""The users of a room."""

from collections.abc import Iterator, Mapping

from ..events import RoomName, SessionId, User, Users
from ..limits import USERS_PAGE


class Roster(Mapping[SessionId, User]):
    """The users of a room by session, and the events that list them.

    These events are made once, and reused until a user changes.
    """

    def __init__(self, room: RoomName) -> None:
        self._room = room
        self._users: dict[SessionId, User] = {}
        self._pages: tuple[Users, ...] | None = None

    def __iter__(self) -> Iterator[SessionId]:
        return iter(self._users)

    def __len__(self) -> int:
        return len(self._users)

    def __getitem__(self, session: SessionId) -> User:
        return self._users[session]

    def __setitem__(self, session: SessionId, user: User) -> None:
        self._users[session], self._pages = user, None

    def remove(self, session: SessionId) -> User | None:
        """Remove the user of *session* and return it, if there is one."""
        self._pages = None
        return self._users.pop(session, None)

    def sorted_users(self) -> list[User]:
        """Return all users, sorted by name without regard to case."""
        return sorted(self._users.values(), key=_by_name)

    def user_pages(self) -> tuple[Users, ...]:
        """Return the events that list all users: at least one page of them."""
        if self._pages is None:
            users = self.sorted_users()
            self._pages = tuple(
                Users(
                    self._room,
                    tuple(users[index : index + USERS_PAGE]),
                    index + 1,
                    len(users),
                )
                for index in range(0, max(len(users), 1), USERS_PAGE)
            )
        return self._pages


def _by_name(user: User) -> tuple[str, str]:
    return user.name.casefold(), user.name
