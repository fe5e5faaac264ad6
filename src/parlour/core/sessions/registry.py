"""The connections of this node, and the sessions that they have."""

from ..events import ConnectionId, SessionId
from .connection import Connection


class Connections(dict[ConnectionId, Connection]):
    """The connections by id, and by session. `add` and `remove` change both.

    *now* is the time of the last call of the hub that had one, and *wall_offset* the
    difference between the wall clock and this one, as of the last proposals.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_session: dict[SessionId, Connection] = {}
        self.now = 0.0
        self.wall_offset = 0.0

    @property
    def wall(self) -> float:
        """The wall time, in seconds since 1970."""
        return self.now + self.wall_offset

    def add(self, connection: Connection) -> None:
        """Add a connection."""
        self[connection.id] = connection

    def remove(self, connection: Connection) -> None:
        """Remove a connection that is closed."""
        del self[connection.id]
        self.detach(connection)

    def attach(self, connection: Connection, session: SessionId) -> None:
        """Give a connection its session."""
        connection.session = session
        self._by_session[session] = connection

    def detach(self, connection: Connection) -> None:
        """Take the session from a connection that is closing, or goes on without."""
        if self._by_session.get(connection.session) is connection:
            del self._by_session[connection.session]
        connection.session = SessionId(0)

    def local(self, attachment: SessionId) -> Connection | None:
        """Return the connection that *attachment* names, if it is on this node."""
        return self.get(ConnectionId(attachment))

    def of(self, session: SessionId) -> Connection | None:
        """Return the connection on this node that has *session*, or None."""
        return self._by_session.get(session)
