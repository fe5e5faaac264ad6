"""Who is in a room."""

from collections.abc import Iterator, Mapping

from ..events import RoomName, SessionId, User, Users
from ..limits import USERS_PAGE


class Roster(Mapping[SessionId, User]):
    """The members of a room by their session, and the answer that names them.

    The answer is made once for all who ask before the next change.
    """

    def __init__(self, room: RoomName) -> None:
        self._room = room
        self._users: dict[SessionId, User] = {}
        self._answer: tuple[Users, ...] | None = None

    def __iter__(self) -> Iterator[SessionId]:
        return iter(self._users)

    def __len__(self) -> int:
        return len(self._users)

    def __getitem__(self, session: SessionId) -> User:
        return self._users[session]

    def __setitem__(self, session: SessionId, user: User) -> None:
        self._users[session], self._answer = user, None

    def remove(self, session: SessionId) -> User | None:
        """Take a member out, and return it if it was there."""
        self._answer = None
        return self._users.pop(session, None)

    def sorted_users(self) -> list[User]:
        """Return all members, by name, letters of either case together."""
        return sorted(self._users.values(), key=_by_name)

    def user_pages(self) -> tuple[Users, ...]:
        """Return what one who asks is told: one page, or more if there are many."""
        if self._answer is None:
            here = self.sorted_users()
            self._answer = tuple(
                Users(self._room, tuple(here[at : at + USERS_PAGE]), at + 1, len(here))
                for at in range(0, max(len(here), 1), USERS_PAGE)
            )
        return self._answer


def _by_name(user: User) -> tuple[str, str]:
    return user.name.casefold(), user.name
