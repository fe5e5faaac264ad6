"""The requests by which moderators keep order.

A *room* is named as in `requests`; None is the whole server. A *reason* may be empty.
"""

from typing import NamedTuple


class Kick(NamedTuple):
    """Remove the user *name* from a room, who may return."""

    room: str
    name: str
    reason: str = ""


class Mute(NamedTuple):
    """Mute the user *name* for some *seconds*, or until it is lifted."""

    room: str | None
    name: str
    seconds: int | None = None
    reason: str = ""


class Unmute(NamedTuple):
    """Let the user *name* speak again, or lift the mute with a *number*."""

    room: str | None
    name: str = ""
    number: int = 0


class Ban(NamedTuple):
    """Keep somebody out for some *seconds*, or until it is lifted.

    *name* is a user, an account, an address or a network.
    """

    room: str | None
    name: str
    seconds: int | None = None
    reason: str = ""


class Unban(NamedTuple):
    """Lift a ban: that with a *number*, or else that of the user *name*."""

    room: str | None
    name: str = ""
    number: int = 0


class SetRoom(NamedTuple):
    """Lock a room or slow it down; None leaves a setting as it is.

    In a locked room only moderators speak; in a slow one, everybody else waits *slow*
    seconds between messages. Only those who are invited enter a private one.
    """

    room: str
    locked: bool | None = None
    slow: int | None = None
    private: bool | None = None


class CloseRoom(NamedTuple):
    """Close a room, which everybody leaves."""

    room: str


class Invite(NamedTuple):
    """Invite the user *name*, or whoever has a code, for some *seconds* or a week.

    Without a *room*, the code is for making an account. Answered by `InvitationSent`.
    """

    room: str | None
    name: str = ""
    seconds: int | None = None


class Uninvite(NamedTuple):
    """Take back an invitation: that with a *number*, or else that of the user *name*.

    Without a *room*, it is a code to make an account, which has a number only.
    """

    room: str | None
    name: str = ""
    number: int = 0


class SetRole(NamedTuple):
    """Give the account *name* a role."""

    room: str | None
    name: str
    role: str


class Announce(NamedTuple):
    """Tell everybody on the server something."""

    text: str


class Erase(NamedTuple):
    """Erase the message *sequence*, or the last one of the user *name*."""

    room: str
    sequence: int | None = None
    name: str = ""


class AskSanctions(NamedTuple):
    """Ask who is muted or banned. Answered by `SanctionList`.

    They are the newest sanctions, or the newest *before* a number.
    """

    room: str | None
    before: int | None = None


class AskActs(NamedTuple):
    """Ask for the last acts of the audit log. Answered by `ActList`.

    They are those in a room, or all of the server.
    """

    room: str | None
    limit: int


class AskInvitations(NamedTuple):
    """Ask for the invitations *after* a number. Answered by `Invitations`."""

    room: str | None
    after: int = 0


class AskWhy(NamedTuple):
    """Ask which sanctions hold for the user. Answered by `SanctionList`."""


OrderCommand = (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | Announce) | (
    CloseRoom | Invite | Uninvite | Erase
)
"""Requests that change something, which are never sent again on another connection."""

OrderQuestion = AskSanctions | AskActs | AskInvitations | AskWhy
OrderRequest = OrderCommand | OrderQuestion
"""Requests that only a server with moderators understands."""


def room_of_order(request: OrderRequest) -> str | None:
    """Return the room in which *request* acts, or None if it acts in none."""
    return None if isinstance(request, Announce | AskWhy) else request.room
