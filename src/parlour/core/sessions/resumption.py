"""Tokens: who may come back, and whose name is held until then."""

from ..events import SessionId
from ..limits import MAX_HELD
from .connection import Connection


class ResumableSessions:
    """The sessions that brought a token: live ones, and lost ones with a held name.

    At most 1,000 names are held; one more lets go of the one held longest.
    """

    def __init__(self) -> None:
        self._known: dict[str, Connection] = {}  # by token
        self._held: dict[SessionId, Connection] = {}

    def __contains__(self, session: SessionId) -> bool:
        """Tell whether the name of *session* is held."""
        return session in self._held

    def has_place(self, token: str) -> bool:
        """Tell whether *token* is that of a member that is here, or may come back."""
        before = self._known.get(token)
        return before is not None and not before.is_watching

    def bring(self, connection: Connection) -> Connection | None:
        """Know the token of a new session, and return who had brought it before."""
        before = self._known.get(connection.token)
        if before is not None:
            self._held.pop(before.session, None)
        self._known[connection.token] = connection
        return before

    def hold(self, connection: Connection) -> Connection | None:
        """Hold the name of a lost session; return one that is to be let go for it."""
        self._held[connection.session] = connection
        if len(self._held) <= MAX_HELD:
            return None
        return next(iter(self._held.values()))

    def let_go(self, session: SessionId) -> Connection:
        """Hold the name of *session* no longer."""
        connection = self._held.pop(session)
        self.forget(connection)
        return connection

    def forget(self, connection: Connection) -> None:
        """Know that a session will not come back."""
        if self._known.get(connection.token) is connection:
            del self._known[connection.token]
