"""Commands about rooms: enter, leave, list, open."""

from ...events import RoomName, Value


class ListUsers(Value, frozen=True, gc=False):
    """Return the users of a room."""

    room: RoomName


class Join(Value, frozen=True, gc=False):
    """Enter a room, and open it if there is none. The name is not validated yet.

    If it *is_private*, a new room is opened that is. *invite* is the hash of the code
    of an invitation, or empty.
    """

    room: str
    is_private: bool = False
    invite: str = ""


class LeaveRoom(Value, frozen=True, gc=False):
    """Leave a room."""

    room: RoomName


class ListRooms(Value, frozen=True, gc=False):
    """Return at most *limit* open rooms, after the one called *after*."""

    after: str
    limit: int


class SetTopic(Value, frozen=True, gc=False):
    """Set the topic of a room."""

    room: RoomName
    topic: str


class OpenDirect(Value, frozen=True, gc=False):
    """Open the direct room with the user called *to*."""

    to: str


class MarkRead(Value, frozen=True, gc=False):
    """Note that the account of the user has read a room up to *sequence*."""

    room: RoomName
    sequence: int
