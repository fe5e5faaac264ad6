"""The items about keeping order that the client shows, as values."""

from typing import NamedTuple

from .order_requests import OrderCommand
from .secret import Secret
from .server_events import InvitationInfo, LoggedAct


class Act(NamedTuple):
    """A moderator has kept order in a room: *action* is what was done."""

    room: str
    action: str  # one of those in `core.protocol.act_text`
    by: str  # "" for the operator
    name: str  # to whom
    until: float | None  # wall time; None if it does not end, or does not last
    reason: str  # as received: unsafe to print
    line: bytes


class MessageErased(NamedTuple):
    """The user *by* has erased the message *target* of a room, whose author is *name*.

    *by* is empty for the operator, and *name* if it is not known.
    """

    room: str
    target: int
    by: str
    name: str
    time: str  # RFC 3339
    line: bytes


class AnnouncementMade(NamedTuple):
    """An announcement to everybody, in the words of the server, with its author."""

    text: str  # as received: unsafe to print
    line: bytes


class SanctionRow(NamedTuple):
    """A mute or a ban. Its texts are as received: unsafe to print."""

    number: int
    kind: str
    room: str  # "" for the whole server
    name: str
    by: str  # "" for the operator
    until: str  # RFC 3339; "" until it is lifted
    reason: str


class SanctionList(NamedTuple):
    """An answer: the sanctions of a *room*, of the server, or of the user alone."""

    sanctions: tuple[SanctionRow, ...]
    line: bytes
    room: str = ""  # "" for the whole server
    is_own: bool = False
    has_more: bool = False  # older ones


class ActList(NamedTuple):
    """An answer: acts of the audit log in a *room*, or of the server, oldest first."""

    acts: tuple[LoggedAct, ...]
    has_more: bool  # older ones
    line: bytes
    room: str = ""  # "" for the whole server


class InvitationReceived(NamedTuple):
    """The user may enter a room. Its texts are as received: unsafe to print."""

    room: str
    by: str  # "" for the operator
    until: str  # RFC 3339
    line: bytes


class InvitationMade(NamedTuple):
    """The user has invited *name*, or whoever has the *code*."""

    room: str  # "" to make an account
    number: int  # 0 if the server gives none
    name: str
    code: Secret | None
    until: str  # RFC 3339
    line: bytes


class InvitationLost(NamedTuple):
    """The user may no longer enter a room. The texts are as received."""

    room: str
    by: str  # who has taken the invitation back; "" for the operator
    line: bytes


class InvitationUndone(NamedTuple):
    """The user has taken back an invitation of *name*, or by a code."""

    room: str  # "" to make an account
    number: int
    name: str
    line: bytes


class InvitationList(NamedTuple):
    """An answer: the invitations to a *room*, as received: unsafe to print."""

    invitations: tuple[InvitationInfo, ...]
    has_more: bool  # later ones
    line: bytes
    room: str = ""  # "" to make an account


class OrderDone(NamedTuple):
    """The server has carried out a request, and has told nobody so far."""

    request: OrderCommand
    line: bytes = b""


NotedItem = (Act | MessageErased | SanctionList | ActList | OrderDone) | (
    (InvitationReceived | InvitationMade | InvitationLost | InvitationUndone)
    | InvitationList
)
"""Those that the client tells people in words of its own."""

OrderItem = NotedItem | AnnouncementMade
