"""Events about invitations to rooms, and to make an account."""

from .ids import RoomName
from .value import Value


class InvitationHeard(Value, frozen=True, gc=False):
    """The user may enter a room, *until* a wall time.

    *by* is the name of the inviter; empty for the operator.
    """

    room: RoomName
    by: str
    until: float


class InvitationEnded(Value, frozen=True, gc=False):
    """Somebody has taken back the invitation of the user to a room.

    *by* is the name of the one who did; empty for the operator.
    """

    room: RoomName
    by: str


class InvitationTakenBack(Value, frozen=True, gc=False):
    """The answer to whoever took back an invitation; *name* is empty for a code."""

    room: RoomName | None
    number: int
    name: str


class InvitationInfo(Value, frozen=True, gc=False):
    """An invitation in force, as those who may invite see it.

    *name* is that of the one who is invited; empty for a code, which nobody sees.
    """

    number: int
    name: str
    by: str
    until: float


class InvitationList(Value, frozen=True, gc=False):
    """Invitations to a room or, without one, to make an account, by their numbers.

    *has_more* is true if there are later ones.
    """

    room: RoomName | None
    invitations: tuple[InvitationInfo, ...]
    has_more: bool


class InvitationSent(Value, frozen=True, gc=False):
    """The answer to an invitation: *name* is invited to *room*, or has to show a code.

    The *code* is given once; it is empty if a name was invited. Without a room, it is
    an invitation to make an account. Its *number* is for taking it back.
    """

    room: RoomName | None
    number: int
    until: float
    name: str = ""
    code: str = ""

    def __repr__(self) -> str:
        """Return a description without the code."""
        return f"<invitation of {self.name!r} to {self.room!r}>"
