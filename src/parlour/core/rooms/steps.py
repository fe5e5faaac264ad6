"""Steps: what can happen in a room besides messages."""

from ..events import Bye, Cursor, PrivateEvent, SessionId, User, Value
from ..protocol.dialect import Dialect
from ..storage import Purpose, Query


class JoinRoom(Value, frozen=True, gc=False):
    """A session becomes a member; one that only watched may, too."""

    session: SessionId
    user: User


class StartSession(Value, frozen=True, gc=False):
    """A session of the session dialect begins to hear the room.

    It becomes a member as *user*, or only watches (None). It has read up to *cursor*.
    With *returns* it takes the place of that member: nobody hears of it. With
    *dialect* it is a member already, which goes on in that dialect from its cursor.
    """

    session: SessionId
    user: User | None
    cursor: Cursor | None = None
    returns: SessionId | None = None
    dialect: Dialect | None = None


class RenameMember(Value, frozen=True, gc=False):
    """A member is called *name* from here on."""

    session: SessionId
    name: str


class LeaveRoom(Value, frozen=True, gc=False):
    """A member ends; *bye*, if any, is the last that it hears.

    *is_held*: it may return, so the others are not told now.
    """

    session: SessionId
    reason: str
    bye: Bye | None = None
    is_held: bool = False


class SendPrivate(Value, frozen=True, gc=False):
    """A member alone hears *event*."""

    session: SessionId
    event: PrivateEvent


class QueryHistory(Value, frozen=True, gc=False):
    """A member wants to read of what was told up to here what *query* asks for."""

    session: SessionId
    query: Query
    purpose: Purpose


class QueryUsers(Value, frozen=True, gc=False):
    """A member wants to know who is here at this moment."""

    session: SessionId


class CloseRoom(Value, frozen=True, gc=False):
    """Everybody hears *bye*, and the room is over."""

    bye: Bye


Step = (
    JoinRoom
    | StartSession
    | RenameMember
    | LeaveRoom
    | SendPrivate
    | QueryHistory
    | QueryUsers
    | CloseRoom
)
