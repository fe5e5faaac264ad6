"""Who is muted or banned, for those who may know."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from ..events import (
    AccountNumber,
    InvitationList,
    Refused,
    RoomName,
    SanctionInfo,
    SanctionList,
)
from ..names.folding import fold_key
from ..protocol.commands import Credentials, Hello, ListInvitations, ListSanctions
from ..roles import Role
from ..state.permissions import Action, action_in, may
from ..state.room import Room
from ..state.sanctions import Person
from ..state.sessions import Session
from ..state.signed_in import signed_in_account
from ..state.state import State
from ..storage import Sanction
from .connection import Connection, ConnectionKind
from .invite_requests import invitations_to

LISTED: Final = 100  # sanctions in one answer: the newest
NOBODY: Final = AccountNumber(0)


class RoomOrder(NamedTuple):
    """How order is kept in a room, or on the server: for somebody with this *role*."""

    role: Role
    is_locked: bool
    slow: int  # seconds between two messages of one person
    is_private: bool
    topic: str | None  # None if this person may not set it
    sanctions: tuple[SanctionInfo, ...]
    has_more: bool  # older sanctions
    invitations: InvitationList | None  # the first; None if this person may not invite


def own_sanctions(state: State, session: Session, wall: float) -> SanctionList:
    """Return the sanctions of the user of a session, wherever they hold."""
    found = state.restrictions.all_of(session, wall)
    return _newest(found, is_own=True)


def room_order(
    state: State, account: str, name: RoomName | None, wall: float
) -> RoomOrder | Refused:
    """Return what somebody who keeps order in a room sees of it, or on the server.

    *account* is the name of an account; *name* is that of a room, or None.
    """
    known = state.accounts.named(fold_key(account))
    number = known.number if known is not None else NOBODY
    room = state.restrictions.room_to_act_in(number, name, wall)
    if isinstance(room, Refused):
        return room
    role = state.roles.of_account(number, room)
    found = listed_sanctions(state, role, ListSanctions(name), wall)
    if isinstance(found, Refused):
        return found
    invited = None
    if may(role, action_in(name, Action.INVITE)) is None:
        invited = invitations_to(state, ListInvitations(name, 0), wall)
    listed = found.sanctions, found.has_more, invited
    if room is None:
        return RoomOrder(role, False, 0, False, None, *listed)
    settings = room.is_locked, room.slow, room.is_private
    return RoomOrder(role, *settings, _topic(state, number, role, room), *listed)


def _topic(state: State, account: AccountNumber, role: Role, room: Room) -> str | None:
    """Return the topic of a room, or None for an account that may not set it."""
    is_in = state.accounts.is_in(account, room.name)
    why = state.restrictions.refusal_to_set_topic(role, room)
    return room.topic if is_in and why is None else None


def visitor_ban(
    state: State, account: str, network: str, room: RoomName | None, wall: float
) -> Refused | None:
    """Return why a visitor with an *account*, or else from a *network*, is banned.

    *account* is the name of an account, or empty; a *room* of None is the server.
    """
    known = state.accounts.named(fold_key(account)) if account else None
    number = known.number if known is not None else NOBODY
    return state.restrictions.ban(Person(number, 0, "", network), wall, room)


def watcher_ban(
    state: State, connection: Connection, room: RoomName | None, wall: float
) -> Refused | None:
    """Return why somebody who watches is banned from a room, or None.

    A page that only shows the chat may have the key of an account, which is judged in
    place of the network. A *room* of None is the server.
    """
    number = shown_account(state, connection, connection.hello)
    person = Person(number, 0, connection.token, connection.network)
    return state.restrictions.ban(person, wall, room)


def shown_account(
    state: State, connection: Connection, hello: Hello | None
) -> AccountNumber:
    """Return the account whose key is in the *hello* of a read-only page, or nobody.

    A key counts where it would be accepted to sign in: over a connection that nobody
    else can read, for an account that is not disabled.
    """
    shown = hello.credentials if hello is not None else None
    is_page = connection.kind is ConnectionKind.READ_ONLY_PAGE
    if not (is_page and connection.is_secure and isinstance(shown, Credentials)):
        return NOBODY
    account = state.accounts.named(fold_key(shown.account))
    if account is None or signed_in_account(state, shown.account, shown.key) is None:
        return NOBODY
    return account.number


def listed_sanctions(
    state: State, role: Role, asked: ListSanctions, wall: float
) -> SanctionList | Refused:
    """Return the sanctions of a room, or of the server, for somebody with a *role*."""
    why = may(role, action_in(asked.room, Action.LIFT))
    return why or sanctions_in(state, asked, wall)


def sanctions_in(state: State, asked: ListSanctions, wall: float) -> SanctionList:
    """Return the newest sanctions that are *asked* for, at the wall time *wall*."""
    before = asked.before
    found = [
        each
        for each in state.sanctions
        if each.room == asked.room
        and not each.is_over(wall)
        and (before is None or each.number < before)
    ]
    return _newest(found)


def _newest(found: Sequence[Sanction], *, is_own: bool = False) -> SanctionList:
    listed = tuple(map(sanction_info, found[-LISTED:]))
    return SanctionList(listed, is_own, has_more=len(found) > LISTED)


def sanction_info(sanction: Sanction) -> SanctionInfo:
    """Return a sanction as those who may know of it see it."""
    return SanctionInfo(
        sanction.number,
        sanction.kind.value,
        sanction.room,
        sanction.target.name,
        sanction.by,
        sanction.since,
        sanction.until,
        sanction.reason,
    )
