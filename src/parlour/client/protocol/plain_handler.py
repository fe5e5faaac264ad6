"""The handler of plain lines: of a plain server, or of one before its welcome."""

from typing import Final

from parlour.core.events import LOBBY, SERVER

from . import plain, session_encoder
from .account_handler import AccountHandler
from .client_state import ClientState
from .display_items import ChatMessage, ProtocolLine
from .early_lines import EarlyLines
from .initial_name import InitialName
from .negotiation import Negotiation, Phase
from .notices import is_join, refuses_hello, rejects_connection
from .request_sender import RequestSender
from .room_handler import RoomHandler
from .rooms import Membership
from .server_events import Ping

NO_REPLAY: Final = "messages sent in the meantime are not available"
NO_SESSION: Final = f"without the session dialect: {NO_REPLAY}"


class PlainHandler:
    """The handler of plain lines, which decides when a server counts as plain.

    Plain lines are about the lobby. Before the welcome, a client that does not want to
    be there, or that has been welcomed before, holds them back.
    """

    def __init__(
        self,
        state: ClientState,
        room_handler: RoomHandler,
        negotiation: Negotiation,
        initial_name: InitialName,
        sender: RequestSender,
        accounts: AccountHandler,
    ) -> None:
        self._display, self._outbox, self._rooms = state[:3]
        self._send_buffer = state.send_buffer
        self._room_handler, self._sender = room_handler, sender
        self._negotiation, self._initial_name = negotiation, initial_name
        self._accounts = accounts
        self._early = EarlyLines()
        self.has_message = False
        """Whether there was any message or notice, on any connection."""

    def begin(self) -> None:
        """Start on a new connection."""
        self._early.begin()
        if self._negotiation.phase is Phase.PLAIN:
            self._begin_plain()

    def _begin_plain(self) -> None:
        """Start to use the plain dialect.

        Held lines of earlier connections belong to the outage that ends now.
        """
        self._room_handler.become_single()
        self._accounts.lack_accounts()
        self._sender.begin_plain()
        if self._rooms.lacks_support:
            self._early.take()  # the client leaves, and does not show the lobby
        for message in self._early.take_earlier():
            self._show(message)

    @property
    def _holds_lines(self) -> bool:
        phase = self._negotiation.phase
        is_wanted = self._rooms.find(LOBBY) is not None
        return phase is Phase.RESUMING or (phase is Phase.NEGOTIATING and not is_wanted)

    def handle(self, line: bytes, now: float) -> bool:
        """Process a line; return whether it acknowledges a line of this client."""
        message = plain.decode(line)
        if message is None:
            self._display.show_unknown(line)
            return False
        self.has_message = True
        if self._rooms.lacks_support:
            return False  # the client leaves, and does not show the lobby
        is_first = self._negotiation.is_silent
        self._negotiation.plain_line_received(now)
        if is_first and rejects_connection(message):
            is_new = self._negotiation.rejected(message.text)
            self._display.show_received(message if is_new else ProtocolLine(line))
            return False
        if self._holds_lines:
            if not (is_first and is_join(message)):  # which the server repeats
                self._early.hold(message)
            if refuses_hello(message):
                self.assume_plain()
            return False
        is_echo = message.source != SERVER and self._outbox.acknowledgements.received(
            message.text
        )
        if is_echo or refuses_hello(message):  # the server has ignored hello
            self.assume_plain()
        self._sender.announce_name()
        self._report_reconnect()
        self._show(message)
        if message.source == SERVER:
            self._initial_name.check_notice(message.text)
        return is_echo

    def pinged(self, ping: Ping, now: float) -> None:
        """Answer a ping before the welcome, which a server sends while it is busy."""
        self._negotiation.session_line_received(now)
        self._send_buffer.add_reply(session_encoder.pong(ping.token))

    def assume_plain(self) -> None:
        """Treat the server as plain, and show the lines that were held back."""
        if self._negotiation.assume_plain():
            self._begin_plain()
        self._report_reconnect()
        for message in self._early.take():
            self._show(message)

    def _report_reconnect(self) -> None:
        is_known = self._negotiation.is_known
        self._display.report_reconnect(NO_SESSION if is_known else NO_REPLAY)

    def _show(self, message: ChatMessage) -> None:
        """Show a line that the server may send again, after a welcome."""
        lobby = self._rooms.find(LOBBY)
        if lobby is not None and message.source != SERVER:
            lobby.unnumbered.add(message.source, message.text)
        self._display.show_received(message)

    def settle_held(self) -> None:
        """Show the held lines that no replay repeats, once that is known.

        After a gap, a replay may repeat the last ones; each is shown once, since
        `_show` counts it. A client that is not in the lobby drops them.
        """
        lobby = self._rooms.find(LOBBY)
        if lobby is None:
            self._early.take()
        elif lobby.membership is Membership.ENTERED and not lobby.awaits_gap:
            held = self._early.take(notices_only=lobby.is_replayed)
            for message in held:
                self._show(message)
            if held:  # otherwise the bound is right: it changes only with a line
                lobby.unnumbered.entered(lobby.last_sequence)
