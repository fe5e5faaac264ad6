"""The handler of the events about invitations."""

from typing import Final

from .client_state import ClientState
from .display_items import ProtocolLine
from .order_items import InvitationMade, InvitationReceived
from .order_requests import Invite
from .server_events import InvitationSent, Invited

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
        asked = self._outbox.take(Invite)
        room, name, code, until = event
        self._display.show_received(InvitationMade(room, name, code, until, line))
        return asked is not None
