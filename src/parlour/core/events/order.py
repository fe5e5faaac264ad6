"""Events about what moderators do: acts, announcements, sanctions, the audit log."""

from .ids import RoomName
from .value import Value


class Acted(Value, frozen=True, gc=False):
    """Somebody called *by* has kept order in a room: *action* is what was done.

    *name* is to whom, and *until* the wall time at which it ends; None if it does not
    end, or does not last. *by* is empty for the operator. A *reason* may be empty.
    """

    room: RoomName
    action: str
    by: str
    name: str = ""
    until: float | None = None
    reason: str = ""


class Announcement(Value, frozen=True, gc=False):
    """An announcement to everybody; *by* is empty for the operator."""

    room: RoomName
    by: str
    text: str


class SanctionInfo(Value, frozen=True, gc=False):
    """A sanction, as those who may know of it see it; *room* None is the server."""

    number: int
    kind: str
    room: RoomName | None
    name: str
    by: str
    since: float
    until: float | None
    reason: str


class SanctionList(Value, frozen=True, gc=False):
    """Sanctions in the order of their numbers: of a room, or those of the session.

    They are the newest ones if it *has more*.
    """

    sanctions: tuple[SanctionInfo, ...]
    is_own: bool = False
    has_more: bool = False


class Act(Value, frozen=True, gc=False):
    """What somebody did to keep order, as the audit log has it.

    *time* is wall time. *by* is the name of the one who did it; empty for the operator.
    *action* is a word such as those of `Acted`. *room* is None for the server.
    *name* is that of the account or user to whom it was done, or the seconds of slow
    mode; it may be empty. No act has the text of a message.
    """

    number: int
    time: float
    by: str
    action: str
    room: RoomName | None
    name: str = ""
    until: float | None = None
    reason: str = ""


class ActPage(Value, frozen=True, gc=False):
    """Acts of the audit log, oldest first: those in *room*, or all if it is None.

    *has_more* is true if there are older ones.
    """

    room: RoomName | None
    acts: tuple[Act, ...]
    has_more: bool
