"""The commands by which people are invited, and by which they use an invitation."""

from math import ceil
from typing import assert_never

from ..checks import Checked
from ..entries import Invited, InviteUsed, Uninvited
from ..events import (
    InvitationSent,
    InvitationTakenBack,
    Refused,
    RoomName,
)
from ..protocol.commands import Invite, ListInvitations, Uninvite
from ..protocol.tokens import hash_key
from ..state import refusals
from ..state.effects import InvitationMade
from ..state.sessions import Session
from ..state.state import State
from ..storage import Invitation
from .answers import Answers
from .connection import Connection
from .invite_requests import (
    invitation_of,
    invitations_to,
    meant_invitations,
)
from .password_checks import Inviting, PasswordChecks
from .proposals import Proposals
from .registry import Connections
from .sign_in_limits import FailureCounts
from .work_budget import ANSWER_COST, RENAME_COST

InviteCommand = Invite | Uninvite | ListInvitations


class InviteCommands:
    """Proposes invitations, that they are taken back, and that sessions use codes.

    Wrong codes are counted for each network, and further ones refused for a while. The
    right one is accepted all the same: others may share the network.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        connections: Connections,
        checks: PasswordChecks,
    ) -> None:
        self._state, self._proposals, self._answers = state, proposals, answers
        self._connections, self._checks = connections, checks
        self._failures = FailureCounts()

    def handle(
        self, connection: Connection, session: Session, command: InviteCommand
    ) -> int:
        """Handle a command of those who invite; return its units of work."""
        match command:
            case Invite():
                self._invite(connection, session, command)
            case Uninvite():
                self._take_back(connection, session, command)
            case ListInvitations():
                self._list(connection, session, command)
                return ANSWER_COST
            case _:
                assert_never(command)
        return RENAME_COST

    # -- to invite ----------------------------------------------------------------

    def _invite(
        self, connection: Connection, session: Session, command: Invite
    ) -> None:
        """Propose an invitation; a code is made first, if there is no name.

        What is not allowed is refused before that, and before the name is looked up.
        """
        wall = self._connections.wall
        until, by = wall + command.seconds, session.name
        entry = Invited(connection.attachment, by, command.room, until)
        found = invitation_of(self._state, entry, command.name, wall)
        if isinstance(found, Refused):
            self._answers.refuse(connection, found.replace(about="invite"))
        elif command.name:
            self._proposals.propose(found, connection)
        else:
            self._checks.ask(connection, Inviting(found))

    def made(
        self, connection: Connection, purpose: Inviting, result: Checked | Refused
    ) -> None:
        """Propose an invitation by a code, which was made outside of the core."""
        if isinstance(result, Refused):
            self._answers.refuse(connection, result.replace(about="invite"))
            return
        connection.invite_code = result.key
        entry = purpose.entry.replace(code=hash_key(result.key))
        self._proposals.propose(entry, connection)

    def answer(
        self, connection: Connection, entry: Invited, made: InvitationMade | None
    ) -> None:
        """Tell the one who invites what came of it, with the code if there is one."""
        code, connection.invite_code = connection.invite_code, ""
        if made is not None:
            number, name = made.invitation.number, entry.name
            code = code if not name else ""
            sent = InvitationSent(entry.room, number, entry.until, name, code)
            self._answers.send(connection, sent, entry.room)

    # -- to take that back ---------------------------------------------------------

    def _list(
        self, connection: Connection, session: Session, command: ListInvitations
    ) -> None:
        """Tell somebody who may invite which invitations there are."""
        room = command.room
        wall = self._connections.wall
        if why := self._state.restrictions.refusal_to_invite(session, room, wall):
            self._answers.refuse(connection, why.replace(about="invites"))
            return
        found = invitations_to(self._state, command, wall)
        self._answers.send(connection, found, room)

    def _take_back(
        self, connection: Connection, session: Session, command: Uninvite
    ) -> None:
        """Propose that invitations end; somebody may have several by one name."""
        room, found = command.room, list[Invitation]()
        wall = self._connections.wall
        why = self._state.restrictions.refusal_to_invite(session, room, wall)
        if why is None:  # only whoever may learns of any
            found = meant_invitations(self._state, command, wall)
        if not found:
            why = why or refusals.no_such_invitation()
            self._answers.refuse(connection, why.replace(about="uninvite"))
        for each in found:
            name = self._state.invited_name(each)
            entry = Uninvited(
                connection.attachment, session.name, room, each.number, name
            )
            self._proposals.propose(entry, connection)

    def answer_taken_back(self, connection: Connection, entry: Uninvited) -> None:
        """Tell the one who has taken an invitation back that it ended."""
        taken = InvitationTakenBack(entry.room, entry.number, entry.name)
        self._answers.send(connection, taken, entry.room)

    # -- to use an invitation ------------------------------------------------------

    def use(
        self, connection: Connection, session: Session, room: RoomName, code: str
    ) -> None:
        """Propose that a session uses a code, and then enters *room*."""
        if why := self.code_refusal(connection, room, code):
            self._answers.refuse_about_room(connection, why.replace(about="join"))
            return
        entry = InviteUsed(connection.attachment, room, code, session.account)
        self._proposals.propose(entry, connection)

    def code_refusal(
        self, connection: Connection, room: RoomName | None, code: str
    ) -> Refused | None:
        """Return why a code cannot be used now, or None; a wrong one is counted.

        Without a room, it is that of an invitation to make an account.
        """
        if self._state.invitations.has_code(room, code, self._connections.wall):
            return None
        now, quota = self._connections.now, (connection.quota,)
        delay = self._failures.delay(quota, now) if connection.quota else 0.0
        if delay:
            reason = f"too many wrong codes; try again in {ceil(delay):,} seconds"
            return Refused("too_many_tries", reason, room=room)
        if connection.quota:
            self._failures.add(quota, now)
        return refusals.invalid_invite(room)
