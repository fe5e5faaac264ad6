"""Effects on invitations: notify the sessions of the users who are invited."""

from ..delivery.delivery import Delivery
from ..events import InvitationEnded, InvitationHeard, SessionId
from ..names.folding import fold_key
from ..state.state import State
from ..storage import Invitation
from .registry import Connections


class InvitationEffects:
    """Sends the sessions of this node the invitations of their users."""

    def __init__(
        self, state: State, delivery: Delivery, connections: Connections
    ) -> None:
        self._state, self._delivery = state, delivery
        self._connections = connections

    def show(self, id_: SessionId) -> None:
        """Send a session all invitations of its user."""
        session = self._state.sessions[id_]
        for each in self._state.invitations_of(session, self._connections.wall):
            self._send(id_, each)

    def tell(self, invitation: Invitation) -> None:
        """Send an invitation to its user, unless the user ignores the inviter."""
        wall = self._connections.wall
        for session in self._state.invited_sessions(invitation):
            if invitation in self._state.invitations_of(session, wall):
                self._send(session.id, invitation)

    def tell_taken_back(self, invitation: Invitation, by: str) -> None:
        """Tell the users who received an invitation that it was taken back."""
        room = invitation.room
        if room is None or invitation.is_ignored:
            return
        for session in self._state.invited_sessions(invitation):
            connection = self._connections.of(session.id)
            is_heard = fold_key(invitation.by) not in self._state.ignored_by(session)
            if is_heard and connection is not None and connection.is_open:
                self._delivery.private.send(connection.id, InvitationEnded(room, by))

    def _send(self, id_: SessionId, invitation: Invitation) -> None:
        connection, room = self._connections.of(id_), invitation.room
        if connection is None or not connection.is_open or room is None:
            return
        heard = InvitationHeard(room, invitation.by, invitation.until)
        self._delivery.private.send(connection.id, heard)
