"""Local steps: what happens for one connection, in its order between the entries."""

from ..events import Bye, ConnectionId, PrivateEvent, RoomName, Value
from ..storage import Purpose, Query


class SendPrivate(Value, frozen=True, gc=False):
    """A connection receives *event*, which is about *room* if that is given."""

    connection: ConnectionId
    event: PrivateEvent
    room: RoomName | None = None


class AskHistory(Value, frozen=True, gc=False):
    """A connection asks for those messages recorded so far that match *query*."""

    connection: ConnectionId
    query: Query
    purpose: Purpose


class AskUsers(Value, frozen=True, gc=False):
    """A connection asks for the users who are in a room at this step."""

    connection: ConnectionId
    room: RoomName


class AskRooms(Value, frozen=True, gc=False):
    """A connection asks for at most *limit* open rooms, after the one named *after*."""

    connection: ConnectionId
    after: str
    limit: int


class Finish(Value, frozen=True, gc=False):
    """A connection receives the events so far, and then nothing more."""

    connection: ConnectionId


class FinishAll(Value, frozen=True, gc=False):
    """All connections receive the events so far, and then *bye*."""

    bye: Bye


Step = SendPrivate | AskHistory | AskUsers | AskRooms | Finish | FinishAll
