"""Entries about invitations: to a private room, or to make an account."""

from ..events import AccountNumber, RoomName, SessionId, Value


class Invited(Value, frozen=True, gc=False, tag="invited"):
    """Somebody may enter *room*, *until* a wall time; *by* is the name of the inviter.

    That is *account*, or the guest who has *session*, called *name*; or the first one
    who shows the code with the hash *code*. With a code and without a room, that one
    may make an account. An invitation by somebody whom the invited ignores has no
    effect, but the inviter does not notice. It has the next number. *attachment* and
    *by* are as in the entries that keep order.
    """

    attachment: SessionId
    by: str
    room: RoomName | None
    until: float
    name: str = ""
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)
    code: str = ""


class InviteUsed(Value, frozen=True, gc=False, tag="invite_used"):
    """A session shows the code with the hash *code*, which nobody can use afterwards.

    Its user, the *account*, or a guest if that is 0, is invited to *room* instead, by
    an invitation with the next number.
    """

    attachment: SessionId
    room: RoomName
    code: str
    account: AccountNumber = AccountNumber(0)


class Uninvited(Value, frozen=True, gc=False, tag="uninvited"):
    """The invitation to *room* with this number is taken back.

    *name* is that of the one who was invited; empty for a code. *attachment* and *by*
    are those of the one who takes it back.
    """

    attachment: SessionId
    by: str
    room: RoomName | None
    number: int
    name: str = ""
