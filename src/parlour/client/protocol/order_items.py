"""The items about keeping order that the client shows, as values."""

from typing import NamedTuple

from .order_requests import OrderCommand
from .secret import Secret
from .server_events import LoggedAct


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
    name: str
    code: Secret | None
    until: str  # RFC 3339
    line: bytes


class OrderDone(NamedTuple):
    """The server has carried out a request, and has told nobody so far."""

    request: OrderCommand
    line: bytes = b""


NotedItem = (Act | MessageErased | SanctionList | ActList | OrderDone) | (
    InvitationReceived | InvitationMade
)
"""Those that the client tells people in words of its own."""

OrderItem = NotedItem | AnnouncementMade
