"""The handler of the events of a session server."""

from typing import Final, assert_never

from parlour.core.events import (
    LOBBY,
    SERVER,
    Joined,
    Left,
    Notice,
    Renamed,
    StorageFailed,
    StorageRecovered,
)
from parlour.core.events import Missed as MissedEvent
from parlour.core.protocol.plain import source_and_text

from . import answers, session_encoder
from .cursor import HistoryCursor
from .display_items import Answer, ChatMessage, ProtocolLine, UserList
from .display_queue import DisplayQueue
from .nickname import Nickname
from .outbox import Outbox
from .requests import AskHistory, AskUsers, Search
from .send_buffer import SendBuffer
from .server_events import (
    Bye,
    Message,
    MessagePage,
    Missed,
    Ping,
    Pong,
    Refused,
    Stored,
    Unknown,
    UserPage,
    Welcome,
)
from .session_decoder import decode

MAX_USERS: Final = 20_000  # names in a list of users
MAX_USERS_SIZE: Final = 1 << 20  # characters of them
MAX_COUNT: Final = 1_000_000  # messages; larger numbers are not spelled out
LOST: Final = "messages sent in the meantime are lost"

NOT_ABOUT_NAMES: Final = (
    *("message_", "empty_message", "bad_text", "bad_data", "line_too_long"),
    *("no_such_room", "storage_", "history_", "outcome_", "stopping"),
)
"""The beginnings of the error codes that answer a line or a question, not a name."""

BYE_TEXTS: Final = {
    "ping_timeout": "the connection is closed: this client did not answer in time",
}
"""Texts for a bye whose reason, as some servers word it, looks like a message."""

UNCERTAIN_CODES: Final = {"outcome_unknown"}
"""Codes of errors after which the line may or may not be recorded."""

RETRY_CODES: Final = {"stopping"}
"""Codes of refusals after which the line is accepted on the next connection."""

FINAL_CODES: Final = {"replaced", "too_many_faults", "not_a_chat_client"}
"""Codes of a bye after which reconnecting is useless."""


class EventHandler:
    """The handler of the lines of a session server.

    Received items go to the display queue, acknowledgements to the outbox, and replies
    to the send buffer.
    """

    def __init__(
        self,
        display: DisplayQueue,
        outbox: Outbox,
        cursor: HistoryCursor,
        nickname: Nickname,
        send_buffer: SendBuffer,
        *,
        reconnects: bool,
    ) -> None:
        self.has_refused_line = False
        self._display, self._outbox = display, outbox
        self._cursor, self._nickname = cursor, nickname
        self._send_buffer, self._reconnects = send_buffer, reconnects
        self.begin()

    def begin(self) -> None:
        """Start on a new connection."""
        self.bye: Bye | None = None
        self._users: list[str] = []
        self._users_size = 0
        self._hides_list = False  # the next list of users is for completion only
        self._is_within_list = False  # another line of the list follows

    @property
    def forbids_reconnect(self) -> bool:
        """Whether the server's bye makes reconnecting useless."""
        return self.bye is not None and self.bye.code in FINAL_CODES

    def hide_next_list(self) -> None:
        """Use the next list of users for completion, and do not show it."""
        self._hides_list = True

    def handle(self, line: bytes) -> bool:  # noqa: C901 -- one case for each event
        """Process a line; return whether it answers a request of this client."""
        event = decode(line)
        match event:
            case None:
                self._display.show_unknown(line)
            case Message(sequence, time, source, text):
                if self._cursor.advance(sequence):
                    self._display.report_reconnect(LOST)  # unless a gap was reported
                    item = ChatMessage(source, text, line, time)
                    self._display.show_received(item)
            case Stored(line_id):
                self._display.show_received(ProtocolLine(line))
                return self._outbox.acknowledge(line_id, is_stored=True)
            case Refused():
                return self._handle_refusal(event, line)
            case MessagePage():
                return self._handle_page(event, line)
            case UserPage(names, more):
                return self._handle_users(names, line, more=more)
            case Joined() | Left() | Renamed() | StorageFailed() | StorageRecovered():
                if isinstance(event, Renamed):
                    self._nickname.renamed(event.name, event.to)
                self._show_notice(event, line)
            case Missed():
                self._handle_gap(event, line)
            case Ping(token):
                self._send_buffer.add_reply(session_encoder.pong(token))
            case Bye():
                self.bye = event
                if event.code != "bye":
                    reason = BYE_TEXTS.get(event.code, event.reason)
                    self._display.show_received(ChatMessage(SERVER, reason, line))
            case Welcome() | Pong() | Unknown():
                self._display.show_received(ProtocolLine(line))
            case _:
                assert_never(event)
        return False

    def _show_notice(self, notice: Notice | MissedEvent, line: bytes) -> None:
        """Show a notice in the words of the plain dialect."""
        item = ChatMessage(*source_and_text(notice), line)
        self._display.show_received(item)

    def _handle_refusal(self, refusal: Refused, line: bytes) -> bool:
        if not refusal.code.startswith(NOT_ABOUT_NAMES) and not refusal.id:
            is_new = self._nickname.refused(refusal.code)
            item = ChatMessage(SERVER, refusal.reason, line)
            self._display.show_received(item if is_new else ProtocolLine(line))
            self._send_buffer.add_reply(self._nickname.fall_back())
            return False
        is_deferred = self._reconnects and refusal.code in RETRY_CODES
        if is_deferred and self._outbox.defer(refusal.id):
            # The user sees the notice that the server stops, and need not see this.
            self._display.show_received(ProtocolLine(line))
            return True
        self._display.show_received(ChatMessage(SERVER, refusal.reason, line))
        if refusal.id and refusal.code in UNCERTAIN_CODES:
            return True  # it is sent again on the next connection
        if self._outbox.acknowledge(refusal.id):
            self.has_refused_line = True
            return True
        return self._outbox.take_question(AskHistory, Search, AskUsers) is not None

    def _handle_page(self, page: MessagePage, line: bytes) -> bool:
        if self._display.is_holding and not page.is_search:
            self._display.release(*answers.recent(page, line))
            return True
        question = self._outbox.take_question(Search if page.is_search else AskHistory)
        to_items = answers.search_results if page.is_search else answers.history
        for item in to_items(page, question, line):
            self._display.show_received(item)
        return question is not None

    def _handle_users(self, names: tuple[str, ...], line: bytes, *, more: bool) -> bool:
        self._display.show(UserList(names, is_first=not self._is_within_list))
        self._is_within_list = more
        if self._hides_list:
            self._hides_list = more
            return False
        self._users_size += sum(map(len, names))
        is_full = self._users_size > MAX_USERS_SIZE
        if not is_full and len(self._users) < MAX_USERS:
            self._users += names
        if more:
            self._display.show_received(ProtocolLine(line))
            return True
        users, self._users, self._users_size = self._users, [], 0
        self._display.show_received(Answer(answers.user_list(users), line))
        return self._outbox.take_question(AskUsers) is not None

    def _handle_gap(self, gap: Missed, line: bytes) -> None:
        self._cursor.skip_to(gap.resume_after, is_recreated=gap.events is None)
        if not self._display.outage.is_over:
            is_known = gap.events is not None and gap.events <= MAX_COUNT
            events = gap.events if is_known else None
            event = MissedEvent(LOBBY, events, gap.resume_after)
            self._show_notice(event, line)
            return
        self._display.show_received(ProtocolLine(line))
        if gap.events is None:
            self._display.report_reconnect(LOST)
        else:
            verb = "is" if gap.events == 1 else "are"
            count = f"{count_messages(gap.events)} {verb}"
            self._display.report_reconnect(f"{count} older than this server keeps")


def count_messages(count: int) -> str:
    """Return the number of messages that a server reported, in words."""
    if count > MAX_COUNT:
        return f"more than {MAX_COUNT:,} messages"
    return "1 message" if count == 1 else f"{count:,} messages"
