"""The handler of received lines, which hands each to the one of its dialect."""

from .account_handler import AccountHandler
from .client_state import ClientState
from .display_items import ProtocolLine
from .entry_questions import EntryQuestions
from .event_handler import EventHandler
from .initial_name import InitialName
from .invitation_handler import InvitationHandler
from .negotiation import Negotiation, Phase
from .order_handler import OrderHandler
from .plain_handler import PlainHandler
from .read_marks import ReadMarks
from .refusals import RefusalHandler
from .request_sender import RequestSender
from .room_handler import RoomHandler
from .server_events import Bye, Ping, Refused, Welcome
from .session_decoder import decode


class LineHandler:
    """The handler of all received lines, on one connection after another.

    Until a welcome, a line may be of either dialect, and may decide the negotiation.
    The options are those of :class:`~.connection.Connection`.
    """

    def __init__(
        self,
        state: ClientState,
        negotiation: Negotiation,
        initial_name: InitialName,
        sender: RequestSender,
        *,
        interactive: bool,
        completes_names: bool,
        reconnects: bool,
    ) -> None:
        self._display, self._outbox, _, self._nickname = state[:4]
        self._negotiation, self._initial_name = negotiation, initial_name
        questions = EntryQuestions(
            state, interactive=interactive, completes_names=completes_names
        )
        self.rooms = RoomHandler(state, questions)
        self.reads = ReadMarks(state)
        self._accounts, self._order = AccountHandler(state), OrderHandler(state)
        self._plain = PlainHandler(
            *(state, self.rooms, negotiation, initial_name, sender, self._accounts)
        )
        self._events = EventHandler(
            state,
            self.rooms,
            RefusalHandler(
                *(state, self.rooms, self._accounts, self._order), reconnects=reconnects
            ),
            questions,
            self._accounts,
            self._order,
            InvitationHandler(state),
            self.reads,
        )
        self._has_session_line = False  # on any connection

    def begin(self, now: float) -> None:
        """Start on a new connection, after the negotiation."""
        self._events.begin()
        self.rooms.begin(now)
        self._accounts.begin()
        self._order.begin()
        self._plain.begin()

    @property
    def bye(self) -> Bye | None:
        """The server's bye, if it has sent one on this connection."""
        return self._events.bye

    @property
    def forbids_reconnect(self) -> bool:
        """Whether the server's bye makes reconnecting useless."""
        return self._events.forbids_reconnect

    @property
    def is_chat(self) -> bool:
        """Whether the server has ever sent a line of either dialect."""
        return self._has_session_line or self._plain.has_message

    def handle(self, line: bytes, now: float) -> bool:
        """Process a line; return whether it acknowledges anything."""
        if self._negotiation.phase is Phase.SESSION:
            is_progress = self._events.handle(line, now)
            self._initial_name.check_session()
            self._plain.settle_held()
            return is_progress
        if self._negotiation.accepts_welcome:
            event = decode(line)
            self._has_session_line |= isinstance(event, Welcome | Ping | Refused | Bye)
            if isinstance(event, Welcome):
                self._welcomed(event, line, now)
                self._initial_name.check_session()
                return True
            if self._negotiation.phase.is_session_dialect:
                return self._events.handle(line, now)
            if isinstance(event, Ping):
                self._plain.pinged(event, now)
                return False
            if isinstance(event, Bye):
                self._negotiation.rejected(event.reason)
                return self._events.handle(line, now)
            if isinstance(event, Refused) and self._accounts.refuses_hello(event):
                self._negotiation.sign_in_refused()
                self._accounts.hello_refused(event, line)
                return False
            if isinstance(event, Refused):  # the answer to hello
                self._plain.assume_plain()
        return self._plain.handle(line, now)

    def _welcomed(self, welcome: Welcome, line: bytes, now: float) -> None:
        self._nickname.welcomed(welcome.you)
        self._outbox.in_flight.expect(self._negotiation.welcomed())
        self._display.show_received(ProtocolLine(line))
        self._display.outage.welcomed()
        self.rooms.welcomed(welcome.lobby, now)
        self._plain.settle_held()
        self._events.welcomed()
        self._accounts.welcomed()

    def assume_plain(self) -> None:
        """Treat the server as plain, since it has sent no welcome in time."""
        self._plain.assume_plain()

    def ended(self) -> None:
        """Process the end of the connection."""
        self._events.ended()

    def connection_lost(self) -> int:
        """Drop what is not sent again; return the number of lost commands."""
        self._accounts.connection_lost()
        return self._order.connection_lost()
