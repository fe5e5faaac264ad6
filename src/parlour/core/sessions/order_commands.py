"""The commands by which moderators, owners and administrators keep order."""

from typing import Final

from ..entries import OrderEntry, Sanctioned
from ..events import Refused, SanctionList
from ..protocol.commands import (
    Announce,
    Ban,
    CloseRoom,
    Erase,
    Invite,
    Kick,
    ListActs,
    ListInvitations,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Uninvite,
    Unmute,
    Why,
)
from ..rules import Rules
from ..state.permissions import Action, action_in, may
from ..state.sessions import Session
from ..state.state import State
from ..storage import Purpose, ReadActs
from .acts import Act, acts_query, permission_refusal, requested_act
from .answers import Answers
from .connection import Connection
from .erasures import Erasures
from .invite_commands import InviteCommand, InviteCommands
from .proposals import Proposals
from .registry import Connections
from .sanction_lists import listed_sanctions, own_sanctions
from .steps import AskHistory
from .work_budget import ANSWER_COST, QUERY_COST, RENAME_COST

OrderCommand = Act | InviteCommand | Erase | ListSanctions | ListActs | Why

ABOUT: Final = {
    Kick: "kick",
    Mute: "mute",
    Unmute: "unmute",
    Ban: "ban",
    Unban: "unban",
    SetRoom: "set",
    SetRole: "role",
    CloseRoom: "close",
    Invite: "invite",
    Uninvite: "uninvite",
    ListInvitations: "invites",
    Announce: "announce",
    Erase: "erase",
    ListSanctions: "sanctions",
    ListActs: "audit",
    Why: "why",
}
"""The types of the lines of these commands."""


class OrderCommands:
    """The handlers of these commands: they find the target, and propose the entry.

    Whether it is allowed is decided when the entry is judged, for everybody alike.
    A command that the user's role forbids on any target is refused before the target is
    looked up.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        connections: Connections,
        invites: InviteCommands,
        erasures: Erasures,
        rules: Rules,
    ) -> None:
        self._rules = rules
        self._invites = invites
        self._erasures = erasures
        self._state, self._proposals, self._answers = state, proposals, answers
        self._connections = connections

    def handle(self, connection: Connection, command: OrderCommand) -> int:
        """Handle a command of a session; return its units of work."""
        session = self._state.sessions[connection.session]
        if isinstance(command, Erase):
            return self._erasures.ask(connection, session, command)
        if isinstance(command, Why):
            own = own_sanctions(self._state, session, self._connections.wall)
            self._answers.send(connection, own)
            return ANSWER_COST
        if isinstance(command, InviteCommand):
            return self._invites.handle(connection, session, command)
        found: SanctionList | ReadActs | OrderEntry | Refused
        if why := self._room_refusal(session, command):
            found = why
        elif isinstance(command, ListSanctions | ListActs):
            found = self._listed(session, command)
        elif why := permission_refusal(self._state, command, session):
            found = why
        else:
            found = requested_act(
                self._state,
                command,
                connection.attachment,
                session.name,
                self._connections.wall,
            )
        hides_addresses = self._rules.guest_names == "number"
        if hides_addresses and isinstance(found, Sanctioned):
            found = _without_address(found)
        if isinstance(found, SanctionList):
            self._answers.send(connection, found)
        elif isinstance(found, ReadActs):
            step = AskHistory(connection.id, found, Purpose.PAGE)
            self._answers.ask(connection, step)
            return QUERY_COST
        elif isinstance(found, Refused):
            why = found.replace(about=ABOUT[type(command)])
            self._answers.refuse(connection, why)
        else:
            self._proposals.propose(found, connection)
            return RENAME_COST
        return ANSWER_COST

    def _room_refusal(
        self, session: Session, command: Act | ListSanctions | ListActs
    ) -> Refused | None:
        """Return why somebody cannot act in a room: it knows of none, or is banned.

        This is asked first, so that no other answer says something about the room.
        """
        name = None if isinstance(command, Announce) else command.room
        room = self._state.restrictions.room_to_act_in(
            session, name, self._connections.wall
        )
        return room if isinstance(room, Refused) else None

    def _listed(
        self, session: Session, command: ListSanctions | ListActs
    ) -> SanctionList | ReadActs | Refused:
        """Return what those who keep order in a room, or on the server, may know."""
        name, wall = command.room, self._connections.wall
        room = self._state.rooms.get_open(name) if name is not None else None
        role = self._state.roles.of(session, room)
        if isinstance(command, ListSanctions):
            return listed_sanctions(self._state, role, command, wall)
        why = may(role, action_in(room, Action.READ_ACTS))
        return why or acts_query(command)


def _without_address(entry: Sanctioned) -> Sanctioned | Refused:
    """Return *entry*, or why it is refused: it would tell who has which address."""
    if entry.target.session or entry.target.account:
        return entry
    reason = "addresses are hidden here, so only the operator bans them; ban a guest"
    return Refused("cannot_ban", reason)
