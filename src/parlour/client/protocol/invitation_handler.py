"""The handler of the events about invitations."""

from typing import Final

from .client_state import ClientState
from .display_items import ProtocolLine
from .order_items import (
    InvitationList,
    InvitationLost,
    InvitationMade,
    InvitationReceived,
    InvitationUndone,
)
from .order_requests import AskInvitations, Invite, Uninvite
from .server_events import (
    InvitationEnded,
    Invitations,
    InvitationSent,
    InvitationTakenBack,
    Invited,
)

MAX_KNOWN: Final = 200  # invitations that are not shown again


class InvitationHandler:
    """The handler of invitations, of the user and by the user.

    A server repeats them on every connection; each is shown once.
    """

    def __init__(self, state: ClientState) -> None:
        self._display, self._outbox = state[:2]
        self._known: dict[Invited, None] = {}

    def invited(self, event: Invited, line: bytes) -> None:
        """Show an invitation, unless it was shown on this or an earlier connection."""
        if event in self._known:
            self._display.show_received(ProtocolLine(line))
            return
        self._known[event] = None
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        item = InvitationReceived(event.room, event.by, event.until, line)
        self._display.show_received(item)

    def sent(self, event: InvitationSent, line: bytes) -> bool:
        """Show what came of an invitation; return whether it answers a request."""
        asked = self._outbox.in_flight.take(Invite)
        self._display.show_received(InvitationMade(*event, line))
        return asked is not None

    def ended(self, event: InvitationEnded, line: bytes) -> None:
        """Show that an invitation of the user was taken back."""
        self._known = {each: None for each in self._known if each.room != event.room}
        self._display.show_received(InvitationLost(event.room, event.by, line))

    def taken_back(self, event: InvitationTakenBack, line: bytes) -> bool:
        """Show what the user has taken back; return whether it answers a request.

        Somebody may have had several invitations: each has an answer.
        """
        asked = self._outbox.in_flight.take(Uninvite)
        self._display.show_received(InvitationUndone(*event, line))
        return asked is not None

    def listed(self, event: Invitations, line: bytes) -> bool:
        """Show invitations in force; return whether they answer a request."""
        asked = self._outbox.in_flight.take(AskInvitations)
        room, found, has_more = event
        self._display.show_received(InvitationList(found, has_more, line, room))
        return asked is not None
