"""The commands by which moderators, owners and administrators keep order."""

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
    Target,
)
from ..events import Refused, RoomName, SanctionInfo, SanctionList
from ..names.folding import fold_key
from ..protocol.commands import (
    Announce,
    Ban,
    Kick,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
    Why,
)
from ..state import refusals
from ..state.permissions import Action, may
from ..state.sessions import Session
from ..state.state import State
from ..storage import Sanction
from .address_limits import IPV6_PREFIX
from .answers import Answers
from .connection import Connection
from .proposals import Proposals
from .registry import Connections
from .work_budget import ANSWER_COST, RENAME_COST

MIN_IPV4_PREFIX: Final = 16  # bits; a ban of a wider prefix is refused
MIN_IPV6_PREFIX: Final = 32
LISTED: Final = 100  # sanctions in one answer: the newest

OrderCommand = (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | Announce) | (
    ListSanctions | Why
)

ABOUT: Final = {
    Kick: "kick",
    Mute: "mute",
    Unmute: "unmute",
    Ban: "ban",
    Unban: "unban",
    SetRoom: "set",
    SetRole: "role",
    Announce: "announce",
    ListSanctions: "sanctions",
    Why: "why",
}
"""The types of the lines of these commands."""

KINDS: Final = {
    Mute: SanctionKind.MUTE,
    Unmute: SanctionKind.MUTE,
    Ban: SanctionKind.BAN,
    Unban: SanctionKind.BAN,
}


class OrderCommands:
    """The handlers of these commands: they find the target, and propose the entry.

    Whether it is allowed is decided when the entry is judged, for everybody alike.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        connections: Connections,
    ) -> None:
        self._state, self._proposals, self._answers = state, proposals, answers
        self._connections = connections

    def handle(self, connection: Connection, command: OrderCommand) -> int:
        """Handle a command of a session; return its units of work."""
        session = self._state.sessions[connection.session]
        if isinstance(command, Why):
            self._answers.send(connection, self._own_sanctions(session))
            return ANSWER_COST
        found: SanctionList | OrderEntry | Refused
        if isinstance(command, ListSanctions):
            found = self._sanctions(session, command.room)
        else:
            found = self._entry(connection, session, command)
        if isinstance(found, SanctionList):
            self._answers.send(connection, found)
        elif isinstance(found, Refused):
            why = found.replace(about=ABOUT[type(command)])
            self._answers.refuse(connection, why)
        else:
            self._proposals.propose(found, connection)
            return RENAME_COST
        return ANSWER_COST

    def _entry(
        self,
        connection: Connection,
        session: Session,
        command: Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | Announce,
    ) -> OrderEntry | Refused:
        """Return the entry that a command asks for, or why there is none."""
        attachment, by = connection.attachment, session.name
        match command:
            case Announce(text):
                return Announced(attachment, by, text)
            case SetRoom(room, is_locked, slow):
                return RoomSet(attachment, by, room, is_locked, slow)
            case SetRole(wanted_room, name, role):
                account = self._state.accounts.named(fold_key(name))
                if account is None:
                    return refusals.no_such_account()
                who, called = account.number, account.name
                return RoleSet(attachment, by, wanted_room, who, called, role)
            case Kick(room, name, reason):
                target = self._target(name)
                if isinstance(target, Refused):
                    return target
                # Others of its network, or the same client later, need not leave.
                alone = target.replace(token="", network="")
                return Kicked(attachment, by, room, alone, reason)
            case Mute(place, name, seconds, reason) | Ban(place, name, seconds, reason):
                kind = KINDS[type(command)]
                target = self._target(name, kind)
                if isinstance(target, Refused):
                    return target
                wall = self._connections.wall
                until = None if seconds is None else wall + seconds
                return Sanctioned(attachment, by, kind, place, target, until, reason)
            case Unmute(place, name) | Unban(place, name):
                kind = KINDS[type(command)]
                sanction = self._sanction(kind, place, name)
                if sanction is None:
                    return refusals.no_such_sanction()
                number, known = sanction.number, sanction.target.name
                return Lifted(attachment, by, kind, place, number, known)
            case _:
                assert_never(command)

    def _target(self, name: str, kind: SanctionKind | None = None) -> Target | Refused:
        """Return whom *name* means: a user, an account, or, for a ban, a network."""
        key = fold_key(name)
        owner = self._state.sessions.names.owner((key,))
        if owner is not None and (account := self._state.accounts.of(owner)):
            return Target(account.name, account=account.number)
        sessions = () if owner is None else self._state.sessions.of(owner)
        for session in sessions:
            network, token = session.network, session.token
            if kind is SanctionKind.BAN and not (network or token):
                reason = "this guest could only be recognised by its connection"
                return Refused("cannot_ban", f"{reason}: it comes from this machine")
            return Target(
                session.name, session=session.id, token=token, network=network
            )
        if kind is SanctionKind.BAN and (network_ := parse_network(name)) is not None:
            if isinstance(network_, Refused):
                return network_
            return Target(str(network_), network=str(network_))
        return refusals.no_such_user()

    def _sanction(
        self, kind: SanctionKind, room: RoomName | None, name: str
    ) -> Sanction | None:
        """Return the newest sanction in *room* of somebody called *name*, or None.

        A name is that of the target, or the number of the sanction.
        """
        network = parse_network(name)
        names = {fold_key(name), f"{network}"}
        wall = self._connections.wall
        found = [
            each
            for each in self._state.sanctions
            if (each.kind, each.room) == (kind, room) and not each.is_over(wall)
        ]
        named = [each for each in found if fold_key(each.target.name) in names]
        numbered = [each for each in found if name == f"{each.number}"]
        return max(named or numbered, key=lambda each: each.number, default=None)

    def _sanctions(
        self, session: Session, name: RoomName | None
    ) -> SanctionList | Refused:
        """Return the sanctions of a room, or of the server, for its moderators."""
        room = self._state.rooms.get_open(name) if name is not None else None
        if name is not None and (room is None or room.is_direct):
            return refusals.no_such_room(name)
        action = Action.LIFT if room is not None else Action.LIFT_ON_SERVER
        if why := may(self._state.roles.of(session, room), action):
            return why
        wall = self._connections.wall
        found = [
            each
            for each in self._state.sanctions
            if each.room == name and not each.is_over(wall)
        ]
        return SanctionList(tuple(map(_info, found[-LISTED:])))

    def _own_sanctions(self, session: Session) -> SanctionList:
        """Return the sanctions of the user of a session, wherever they hold."""
        found = self._state.restrictions.all_of(session, self._connections.wall)
        return SanctionList(tuple(map(_info, found[-LISTED:])), is_own=True)


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


def _info(sanction: Sanction) -> SanctionInfo:
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
