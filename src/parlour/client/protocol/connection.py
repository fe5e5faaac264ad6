"""The connection to the server: bytes in and out, without a socket.

A :class:`Connection` serves one socket after another. It sends hello at the start of
each and does not wait for the answer: until the dialect is known, it sends requests
that both dialects understand.
"""

from collections.abc import Sequence
from math import inf
from typing import Final

from parlour.core.events import LOBBY

from . import account_handler, session_encoder
from .client_state import ClientState
from .display_queue import DisplayQueue
from .heartbeat import Heartbeat
from .hello import send_hello
from .initial_name import InitialName
from .line_handler import LineHandler
from .line_splitter import OVERLONG, LineSplitter
from .negotiation import Negotiation, Phase
from .nickname import Nickname
from .outbox import Outbox
from .request_sender import RequestSender
from .requests import AdmissionRequest, Credentials, Request
from .rooms import Rooms
from .send_buffer import SendBuffer
from .server_events import Bye
from .sign_in import SignIn

MAX_SERVER_LINE: Final = 4 << 20  # bytes; old servers send a history as one line


class Connection:
    """The client's side of the protocol.

    It sends the requests in *outbox*, and adds what it receives to *display*. The
    driver writes `send_buffer` to the network, and calls :meth:`tick` at
    :attr:`deadline`.

    *rooms* are those to enter; a server with one room, the lobby, ignores them.
    An *interactive* client asks for recent messages when it enters a room; another one
    tracks the echoes of its lines, and if its initial *name* is refused, it sends
    nothing, unless *any_name* is set. A *token* selects the session dialect; if the
    client *reconnects*, the token also reserves its name. *completes_names* requests
    the list of users for completion. *credentials* sign in, on each connection that
    *is_secure*: it uses TLS, or does not leave this machine.
    """

    def __init__(
        self,
        display: DisplayQueue,
        outbox: Outbox,
        *,
        rooms: Sequence[str] = (LOBBY,),
        interactive: bool = False,
        name: str = "",
        token: str = "",
        reconnects: bool = False,
        completes_names: bool = False,
        any_name: bool = False,
        credentials: Credentials | None = None,
        is_secure: bool = False,
        now: float,
    ) -> None:
        self.outbox, self.send_buffer = outbox, SendBuffer()
        self._display = display
        # Only a client that reconnects needs a reserved name.
        self._token = token if reconnects else ""
        self._rooms, self._nickname = Rooms(rooms), Nickname(name)
        outbox.latest_room = next(
            (room.name for room in self._rooms), outbox.latest_room
        )
        self.sign_in = SignIn(credentials, interactive=interactive)
        self._state = state = ClientState(
            *(display, outbox, self._rooms, self._nickname),
            *(self.send_buffer, self.sign_in),
        )
        self.initial_name = InitialName(
            self._nickname, display, interactive=interactive, any_name=any_name
        )
        self._negotiation = Negotiation(uses_hello=bool(token))
        self._sender = RequestSender(
            state, self._negotiation, self.initial_name, interactive=interactive
        )
        self._handler = LineHandler(
            *(state, self._negotiation, self.initial_name, self._sender),
            interactive=interactive,
            completes_names=completes_names,
            reconnects=reconnects,
        )
        self.reads = self._handler.reads
        self.overdue_answer = self._sender.overdue_answer
        self.begin(now, is_secure=is_secure)

    def begin(self, now: float, *, is_secure: bool = False) -> None:
        """Start on a new connection: send hello, or the name to a plain server."""
        self.sign_in.begin(is_secure=is_secure)
        signs_in = self.sign_in.presented is not None
        needs_session = self._rooms.needs_support or signs_in
        self._negotiation.begin(now, needs_session=needs_session)
        self._nickname.begin(is_in_hello=not signs_in)
        self.initial_name.begin()
        self._sender.begin()
        self._lines = LineSplitter(MAX_SERVER_LINE)
        self._heartbeat = Heartbeat(now)
        self._display.outage.connected(now)
        self.send_buffer.clear()
        self._handler.begin(now)
        if self._negotiation.phase is not Phase.PLAIN and not self.sign_in.failure:
            send_hello(self._state, self._token if self.sign_in.may_resume else "")

    @property
    def received_at(self) -> float:
        """The time of the last received data; until then, of the connection."""
        return self._heartbeat.received_at

    @property
    def name(self) -> str:
        """The name that the server uses for this client, as far as it is known."""
        return self._nickname.current

    @property
    def wanted_name(self) -> str:
        """The name that the user has chosen; empty if any will do."""
        return self._nickname.wanted

    @property
    def lacks_accounts(self) -> bool:
        """Whether the server is known to have no accounts."""
        return self._rooms.is_single

    @property
    def is_session(self) -> bool:
        """Whether the server has sent a welcome."""
        return self._negotiation.phase is Phase.SESSION

    @property
    def _speaks_session(self) -> bool:
        return self._negotiation.phase.is_session_dialect

    @property
    def is_chat(self) -> bool:
        """Whether the server has ever sent a line of either dialect."""
        return self._handler.is_chat

    @property
    def awaits_session(self) -> bool:
        """Whether the client waits for a welcome, and nothing else is of use."""
        return self._negotiation.awaits_session

    @property
    def is_unanswered(self) -> bool:
        """Whether the server counts as plain only because it sent no welcome."""
        return self._negotiation.is_unanswered

    @property
    def is_within_line(self) -> bool:
        """Whether a part of a line was received, but not its end."""
        return self._lines.has_partial_line

    @property
    def bye(self) -> Bye | None:
        """The server's bye, if it has sent one on this connection."""
        return self._handler.bye

    @property
    def is_shut_out(self) -> bool:
        """Whether the server has ended the connection and would do so again."""
        return self.bye is not None and self.bye.code in account_handler.FINAL_CODES

    @property
    def forbids_reconnect(self) -> bool:
        """Whether the server's bye or rejection makes reconnecting useless."""
        is_final = self._handler.forbids_reconnect or self.sign_in.is_logged_out
        return is_final or self._negotiation.is_rejected_for_good

    @property
    def has_refused_line(self) -> bool:
        """Whether the server has refused a line or command, on any connection."""
        return self.outbox.has_refused

    @property
    def lacks_rooms(self) -> bool:
        """Whether the server has only the lobby, and the client wants other rooms."""
        return self._rooms.lacks_support

    def show_recent(self, room: str, now: float) -> None:
        """Ask for the last messages of a room, of which some are unread."""
        if self.is_session:
            self._handler.rooms.show_recent(room, now)

    def flush(self, now: float) -> None:
        """Send all requests that may be sent now."""
        self._sender.flush(now)

    def submit(self, request: Request, now: float, *, is_pending: bool = False) -> None:
        """Add a request of the user to the outbox; a line may be shown as pending.

        After a refused hello, one that may admit the client goes ahead of the lines
        that wait for that.
        """
        is_first = self.sign_in.is_refused and isinstance(request, AdmissionRequest)
        self.outbox.add(request, now, is_pending=is_pending, is_first=is_first)

    def send_bye(self) -> None:
        """Tell a session server that the client leaves."""
        if self._speaks_session:
            self.send_buffer.add(session_encoder.bye())

    def receive(self, data: bytes, now: float) -> bool:
        """Process received bytes; return whether they acknowledge anything."""
        self._heartbeat.received(now)
        self._display.outage.received(now)
        is_progress = False
        for line in self._lines.feed(data):
            if line is OVERLONG:
                self._display.show_unknown(line)
            else:
                is_progress |= self._handler.handle(line, now)
        is_awaiting = self.outbox.in_flight.has_user_requests
        self.overdue_answer.received(now, is_awaiting=is_awaiting)
        return is_progress

    @property
    def deadline(self) -> float | None:
        """The time at which :meth:`tick` is due."""
        name_deadline = self.initial_name.deadline
        if self._speaks_session:
            return min(
                self._heartbeat.deadline,
                self._display.hold_until,
                name_deadline,
                self.overdue_answer.deadline,
            )
        is_reconnected = self._display.outage.is_over
        decide_at = self._negotiation.deadline(is_reconnected=is_reconnected)
        deadline = min(decide_at, name_deadline)
        return None if deadline == inf else deadline

    def tick(self, now: float) -> bool:
        """Process expired timers; return False if the server no longer responds."""
        self.initial_name.tick(now, is_session=self.is_session)
        if not self._speaks_session:
            if now < self._negotiation.timeout_at:
                return True
            if self._negotiation.time_out():
                return False
            self._handler.assume_plain()
            return True
        self._display.tick(now)
        if self._heartbeat.has_timed_out(now):
            return False
        if self._heartbeat.check(now):
            self.overdue_answer.request_sent(now)
            self.send_buffer.add(session_encoder.ping("?"))
        self.overdue_answer.update(now)
        return True

    def ended(self, now: float) -> bool:
        """Process the end of the connection; return whether to reconnect at once.

        That is the case if the server closed the connection because of hello. The
        requests sent on it are then sent again, without hello.
        """
        self._handler.ended()
        self._display.release_all()
        resend = self._negotiation.connection_lost(now)
        if resend is None:
            return False
        self.outbox.acknowledgements.clear()
        self.outbox.put_back(resend)
        self.send_buffer.clear()
        return True

    def go_offline(self) -> int:
        """Keep unanswered requests for the next connection.

        Returns the number of lines without an id, and of commands of a moderator, which
        are lost.
        """
        commands = self._handler.connection_lost()
        unsent = self.send_buffer.unsent_messages
        self.send_buffer.clear()
        self.outbox.connection_lost()
        return commands + max(unsent, self.outbox.acknowledgements.clear())

    def connect_failed(self) -> None:
        """Record that the server is down: lines sent to it may be recorded."""
        self.outbox.set_aside(self._negotiation.connect_failed())
