"""Resumption: the sessions with a token, and the names reserved for lost sessions."""

from ..events import SessionId
from ..limits import MAX_RESERVED_NAMES
from .connection import Connection


class ResumableSessions:
    """The sessions with a token: connected ones, and lost ones with a reserved name.

    At most 1,000 names are reserved; another one replaces the oldest.
    """

    def __init__(self) -> None:
        self._by_token: dict[str, Connection] = {}
        self._reserved: dict[SessionId, Connection] = {}

    def is_reserved(self, session: SessionId) -> bool:
        """Return whether the name of *session* is reserved."""
        return session in self._reserved

    def has_user(self, token: str) -> bool:
        """Return whether *token* belongs to a user who is connected or may resume."""
        connection = self._by_token.get(token)
        return connection is not None and not connection.is_watching

    def claim(self, connection: Connection) -> Connection | None:
        """Register the token of *connection*; return the connection that had it.

        The name of the returned connection is no longer reserved.
        """
        previous = self._by_token.get(connection.token)
        if previous is not None:
            self._reserved.pop(previous.session, None)
        self._by_token[connection.token] = connection
        return previous

    def reserve(self, connection: Connection) -> Connection | None:
        """Reserve the name of a lost session; return the oldest over the limit."""
        self._reserved[connection.session] = connection
        if len(self._reserved) <= MAX_RESERVED_NAMES:
            return None
        return next(iter(self._reserved.values()))

    def release(self, session: SessionId) -> Connection:
        """Stop reserving the name of *session*; return its connection."""
        connection = self._reserved.pop(session)
        self.forget(connection)
        return connection

    def forget(self, connection: Connection) -> None:
        """Remove the token of *connection*; its session cannot be resumed."""
        if self._by_token.get(connection.token) is connection:
            del self._by_token[connection.token]
