"""Commands about invitations to rooms, and to make an account."""

from ...events import RoomName, Value


class Invite(Value, frozen=True, gc=False):
    """Invite the user called *name*, or whoever shows a new code, for some *seconds*.

    That is to a room or, without one, to make an account.
    """

    room: RoomName | None
    name: str
    seconds: int


class Uninvite(Value, frozen=True, gc=False):
    """Take back the invitation of *name*, or the one with a *number* other than 0.

    Without a room, it is one to make an account.
    """

    room: RoomName | None
    name: str
    number: int


class ListInvitations(Value, frozen=True, gc=False):
    """Return the invitations to a room, or to make an account, *after* a number."""

    room: RoomName | None
    after: int
