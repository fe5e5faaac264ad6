"""Steps: what can happen in a room besides messages."""

from ..events import Bye, Cursor, PrivateEvent, SessionId, User, Value
from ..protocol.dialect import Dialect
from ..storage import Purpose, Query


class JoinRoom(Value, frozen=True, gc=False):
    """A session, which may have been watching until now, becomes a member as *user*."""

    session: SessionId
    user: User


class StartSession(Value, frozen=True, gc=False):
    """A session of the session dialect starts to receive the room's events.

    It becomes a member as *user*, or only watches if that is None. Its client has
    received the messages up to *cursor*. If it resumes another session, *resumes*, it
    replaces that member without a notice. *dialect* is set if the session is already
    a member, in another dialect; it continues in this one.
    """

    session: SessionId
    user: User | None
    cursor: Cursor | None = None
    resumes: SessionId | None = None
    dialect: Dialect | None = None


class RenameMember(Value, frozen=True, gc=False):
    """A member changes its name to *name*."""

    session: SessionId
    name: str


class LeaveRoom(Value, frozen=True, gc=False):
    """A member leaves; *bye*, if any, is the last event that it receives.

    If its name is reserved, since it may resume, the others get no notice.
    """

    session: SessionId
    reason: str
    bye: Bye | None = None
    is_reserved: bool = False


class SendPrivate(Value, frozen=True, gc=False):
    """One member receives *event*."""

    session: SessionId
    event: PrivateEvent


class QueryHistory(Value, frozen=True, gc=False):
    """A member asks for those messages recorded so far that match *query*."""

    session: SessionId
    query: Query
    purpose: Purpose


class QueryUsers(Value, frozen=True, gc=False):
    """A member asks for the users who are in the room at this step."""

    session: SessionId


class CloseRoom(Value, frozen=True, gc=False):
    """The room closes; *bye* is the last event that its members receive."""

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
