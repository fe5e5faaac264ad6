"""The entries that moderators, owners and administrators ask for by a command."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, assert_never

from ..entries import (
    Announced,
    Kicked,
    Lifted,
    OrderEntry,
    RoleSet,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Shut,
    Target,
)
from ..events import Refused, RoomName, SessionId
from ..names.folding import fold_key
from ..protocol.commands import (
    Announce,
    Ban,
    CloseRoom,
    Kick,
    ListActs,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from ..roles import ROOM_ROLES, SERVER_ROLES
from ..state import refusals
from ..state.permissions import Action, action_in, may
from ..state.restrictions import person_facts
from ..state.sanctions import Person, is_target
from ..state.sessions import Session
from ..state.state import State
from ..storage import END_OF_SEQUENCES, ReadActs, Sanction
from .address_limits import IPV6_PREFIX

MIN_IPV4_PREFIX: Final = 16  # bits; a ban of a wider prefix is refused
MIN_IPV6_PREFIX: Final = 32

UNRECOGNISABLE: Final = (
    "this guest cannot be banned: it connects from the server's own machine without a "
    "token"
)

Act = Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | CloseRoom | Announce

ACTIONS: Final = {
    Kick: Action.KICK,
    Mute: Action.MUTE,
    Unmute: Action.LIFT,
    Ban: Action.BAN,
    Unban: Action.LIFT,
    SetRole: Action.APPOINT,
}
"""What each command does that has a target, or is about a sanction."""

KINDS: Final = {
    Mute: SanctionKind.MUTE,
    Unmute: SanctionKind.MUTE,
    Ban: SanctionKind.BAN,
    Unban: SanctionKind.BAN,
}


def permission_refusal(state: State, command: Act, session: Session) -> Refused | None:
    """Return why a user's role forbids *command* on any target, or None.

    This is checked before the target is looked up, so that the answer reveals nothing
    about it. A command without a target is judged with its entry alone.
    """
    if isinstance(command, SetRoom | CloseRoom | Announce):
        return None
    room = state.rooms[command.room] if command.room is not None else None
    action = action_in(room, ACTIONS[type(command)])
    return may(state.roles.of(session, room), action)


def requested_act(
    state: State, command: Act, attachment: SessionId, by: str, wall: float
) -> OrderEntry | Refused:
    """Return the entry that a command asks for, or why there is none.

    *attachment* and *by* are those of the entry, and *wall* is the wall time.
    """
    match command:
        case Announce(text):
            return Announced(attachment, by, text)
        case SetRoom(room, is_locked, slow, is_private):
            return RoomSet(attachment, by, room, is_locked, slow, is_private)
        case CloseRoom(room):
            return Shut(attachment, by, room)
        case SetRole():
            return _appointment(state, command, attachment, by)
        case Kick(room, name, reason):
            target = _target(state, name)
            if isinstance(target, Refused):
                return target
            # Others of its network, or the same client later, need not leave.
            alone = target.replace(token="", network="")
            return Kicked(attachment, by, room, alone, reason)
        case Mute(place, name, seconds, reason) | Ban(place, name, seconds, reason):
            kind = KINDS[type(command)]
            target = _target(state, name, kind)
            if isinstance(target, Refused):
                return target
            until = None if seconds is None else wall + seconds
            return Sanctioned(attachment, by, kind, place, target, until, reason)
        case Unmute(room=place) | Unban(room=place):
            kind = KINDS[type(command)]
            sanction = _meant(state, kind, place, command, wall)
            if sanction is None:
                return refusals.no_such_sanction()
            number, known = sanction.number, sanction.target.name
            return Lifted(attachment, by, kind, place, number, known)
        case _:
            assert_never(command)


def _appointment(
    state: State, command: SetRole, attachment: SessionId, by: str
) -> RoleSet | Refused:
    roles = SERVER_ROLES if command.room is None else ROOM_ROLES
    if command.role not in roles:
        return refusals.no_such_role(command.room)
    account = state.accounts.named(fold_key(command.name))
    if account is None:
        return refusals.no_such_account()
    who, called = account.number, account.name
    return RoleSet(attachment, by, command.room, who, called, command.role)


def _target(
    state: State, name: str, kind: SanctionKind | None = None
) -> Target | Refused:
    """Return whom *name* means: a user, an account, or, for a ban, a network.

    An account is meant together with the client and the network of its newest session:
    otherwise, it would go on as a guest.
    """
    key = fold_key(name)
    owner = state.sessions.names.owner((key,))
    sessions = () if owner is None else state.sessions.of(owner)
    if owner is not None and (account := state.accounts.of(owner)):
        target = Target(account.name, account=account.number)
        newest = max(sessions, key=lambda each: each.id, default=None)
        if newest is None:
            return target
        return target.replace(token=newest.token, network=newest.network)
    for session in sessions:
        network, token = session.network, session.token
        if kind is SanctionKind.BAN and not (network or token):
            return Refused("cannot_ban", UNRECOGNISABLE)
        return Target(session.name, session=session.id, token=token, network=network)
    if kind is SanctionKind.BAN and (network_ := parse_network(name)) is not None:
        if isinstance(network_, Refused):
            return network_
        return Target(str(network_), network=str(network_))
    return refusals.no_such_user()


def _meant(
    state: State,
    kind: SanctionKind,
    room: RoomName | None,
    command: Unmute | Unban,
    wall: float,
) -> Sanction | None:
    """Return the sanction in *room* that a command means, or None."""
    if not command.number:
        return _sanction(state, kind, room, command.name, wall)
    found = state.sanctions.get(command.number)
    is_meant = found is not None and (found.kind, found.room) == (kind, room)
    return found if is_meant else None


def _sanction(
    state: State, kind: SanctionKind, room: RoomName | None, name: str, wall: float
) -> Sanction | None:
    """Return the newest sanction in *room* of somebody called *name*, or None.

    A name is that of the target when it was sanctioned, or that which it has now.
    """
    network = parse_network(name)
    names = {fold_key(name)}
    if network is not None:
        names.add(fold_key(f"{network}"))
    found = [
        each
        for each in state.sanctions
        if (each.kind, each.room) == (kind, room) and not each.is_over(wall)
    ]
    named = [each for each in found if fold_key(each.target.name) in names]
    people = _people_called(state, name)
    meant = [
        each
        for each in found
        if any(is_target(each.target.replace(network=""), who) for who in people)
    ]
    return max(named or meant, key=lambda each: each.number, default=None)


def rooms_of_sanctions(
    state: State, command: Unmute | Unban, wall: float
) -> list[RoomName]:
    """Return the rooms in which there is a sanction that *command* may mean."""
    kind, rooms = KINDS[type(command)], sorted(state.sanctions.rooms)
    return [each for each in rooms if _meant(state, kind, each, command, wall)]


def _people_called(state: State, name: str) -> list[Person]:
    """Return what identifies those who are called *name* now."""
    owner = state.sessions.names.owner((fold_key(name),))
    if owner is None:
        return []
    return [person_facts(each) for each in state.sessions.of(owner)]


def acts_query(command: ListActs) -> ReadActs:
    """Return the query of the audit log that a command asks for."""
    end = END_OF_SEQUENCES if command.before is None else command.before
    return ReadActs(command.room, end, command.limit)


def parse_network(text: str) -> IPv4Network | IPv6Network | Refused | None:
    """Return the network that *text* means, why it cannot be banned, or None.

    A single IPv6 address means its /64, since all of that belongs to one customer.
    """
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network):
        if (mapped := network.network_address.ipv4_mapped) is not None:
            network = ip_network(f"{mapped}/{max(network.prefixlen - 96, 0)}")
        elif network.prefixlen > IPV6_PREFIX:
            network = network.supernet(new_prefix=IPV6_PREFIX)
    is_ipv4 = isinstance(network, IPv4Network)
    widest = MIN_IPV4_PREFIX if is_ipv4 else MIN_IPV6_PREFIX
    if network.prefixlen < widest:
        reason = f"a prefix wider than /{widest} cannot be banned"
        return Refused("cannot_ban", reason)
    loopback = ip_network("127.0.0.0/8" if is_ipv4 else "::/64")
    if network.overlaps(loopback):
        return Refused("cannot_ban", "this machine cannot be banned")
    return network
