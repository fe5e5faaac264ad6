"""The commands by which moderators, owners and administrators keep order."""

from typing import Final

from ..entries import OrderEntry
from ..events import Refused, SanctionList
from ..protocol.commands import (
    Announce,
    Ban,
    Kick,
    ListActs,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
    Why,
)
from ..state import refusals
from ..state.permissions import ON_SERVER, Action, may
from ..state.sessions import Session
from ..state.state import State
from ..storage import Purpose, ReadActs
from .acts import Act, acts_query, requested_act
from .answers import Answers
from .connection import Connection
from .proposals import Proposals
from .registry import Connections
from .sanction_lists import listed_sanctions, own_sanctions
from .steps import AskHistory
from .work_budget import ANSWER_COST, QUERY_COST, RENAME_COST

OrderCommand = Act | ListSanctions | ListActs | Why

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
    ListActs: "audit",
    Why: "why",
}
"""The types of the lines of these commands."""


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
            own = own_sanctions(self._state, session, self._connections.wall)
            self._answers.send(connection, own)
            return ANSWER_COST
        found: SanctionList | ReadActs | OrderEntry | Refused
        if isinstance(command, ListSanctions | ListActs):
            found = self._listed(session, command)
        else:
            found = requested_act(
                self._state,
                command,
                connection.attachment,
                session.name,
                self._connections.wall,
            )
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

    def _listed(
        self, session: Session, command: ListSanctions | ListActs
    ) -> SanctionList | ReadActs | Refused:
        """Return what those who keep order in a room, or on the server, may know."""
        name, wall = command.room, self._connections.wall
        room = self._state.rooms.get_open(name) if name is not None else None
        if name is not None and (room is None or room.is_direct):
            return refusals.no_such_room(name)
        role, action = self._state.roles.of(session, room), Action.READ_ACTS
        if isinstance(command, ListSanctions):
            return listed_sanctions(self._state, role, name, wall)
        why = may(role, action if room is not None else ON_SERVER[action])
        return why or acts_query(command)
