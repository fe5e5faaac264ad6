"""The handler of the events of a session server."""

from typing import Final, assert_never

from parlour.core.events import (
    SERVER,
    Acted,
    Announcement,
    Joined,
    Left,
    Renamed,
    StorageFailed,
    StorageRecovered,
    TopicChanged,
)

from . import account_handler, answers, session_encoder
from .account_decoder import without_key
from .account_handler import ACCOUNT_QUESTION, AccountHandler
from .client_state import ClientState
from .display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    IgnoredList,
    ProtocolLine,
    RoomList,
    RoomListRow,
)
from .entry_questions import EntryQuestions
from .invitation_handler import InvitationHandler
from .message_handler import MessageHandler
from .order_handler import QUESTION as ORDER_QUESTION
from .order_handler import OrderHandler
from .read_marks import ReadMarks
from .refusals import RefusalHandler
from .replays import Replays
from .requests import AskHistory, AskRooms, AskUsers, Ignore, Search, Unignore
from .room_handler import RoomHandler
from .server_events import (
    Account,
    Acts,
    Bye,
    Closed,
    Devices,
    Erased,
    Greeting,
    IgnoredNames,
    InvitationEnded,
    Invitations,
    InvitationSent,
    InvitationTakenBack,
    Invited,
    Message,
    MessagePage,
    Missed,
    Ping,
    Pong,
    ReadElsewhere,
    Refused,
    RoomPage,
    RoomState,
    Sanctions,
    Stored,
    Unknown,
    UserPage,
    Welcome,
)
from .session_decoder import decode
from .user_lists import UserLists

BYE_TEXTS: Final = {
    "ping_timeout": "the connection is closed: this client did not answer in time",
}
"""Texts for a bye whose reason, as some servers word it, looks like a message."""

IGNORED_QUESTION: Final = "ignored?"
"""The token of the ping after which the server would have sent the ignored names."""

FINAL_CODES: Final = {
    *("replaced", "too_many_faults", "not_a_chat_client", "kicked"),
    *account_handler.FINAL_CODES,
}
"""Codes of a bye after which reconnecting is useless."""


class EventHandler:
    """The handler of the lines of a session server.

    Received items go to the display queue, acknowledgements to the outbox, and replies
    to the send buffer.
    """

    def __init__(
        self,
        state: ClientState,
        room_handler: RoomHandler,
        refusals: RefusalHandler,
        questions: EntryQuestions,
        accounts: AccountHandler,
        order: OrderHandler,
        invitations: InvitationHandler,
        reads: ReadMarks,
    ) -> None:
        self._invitations, self._reads = invitations, reads
        self._display, self._outbox, self._rooms = state[:3]
        self._send_buffer = state.send_buffer
        self._room_handler, self._refusals = room_handler, refusals
        self._questions, self._accounts = questions, accounts
        self._order = order
        self._messages = MessageHandler(state, room_handler)
        self._replays = Replays(self._display, self._rooms)
        self._greeting: tuple[str, ...] = ()
        self.begin()

    def begin(self) -> None:
        """Start on a new connection."""
        self.bye: Bye | None = None
        self._users = UserLists()
        self._messages.begin()

    def welcomed(self) -> None:
        """Process a welcome: ask whether the session still ignores the same users.

        The server sends a resumed session its list before the pong.
        """
        self._replays.welcomed()
        if not self._rooms.is_single and self._messages.ignored.begin():
            self._send_buffer.add_reply(session_encoder.ping(IGNORED_QUESTION))

    def ended(self) -> None:
        """Process the end of the connection."""
        self._replays.end()

    def _restore_ignored(self) -> None:
        for name in self._messages.ignored.restore():
            self._send_buffer.add_reply(session_encoder.encode(Ignore(name)))

    @property
    def forbids_reconnect(self) -> bool:
        """Whether the server's bye makes reconnecting useless."""
        return self.bye is not None and self.bye.code in FINAL_CODES

    def handle(self, line: bytes, now: float) -> bool:
        """Process a line; return whether it answers a request of this client."""
        is_answer = self._handle(line, now)
        self._replays.check()
        return is_answer

    def _handle(self, line: bytes, now: float) -> bool:  # noqa: C901 -- one case each
        event = decode(line)
        match event:
            case None:
                self._display.show_unknown(line)
            case Message():
                self._messages.message(event, line)
            case Stored(line_id):
                self._display.show_received(ProtocolLine(line))
                self._messages.stored(event)
                return self._outbox.acknowledge(line_id, is_stored=True)
            case Refused():
                return self._refusals.handle(event, line)
            case MessagePage():
                return self._handle_page(event, line)
            case UserPage():
                return self._handle_users(event, line)
            case RoomPage():
                return self._handle_rooms(event, line)
            case IgnoredNames(names):
                return self._handle_ignored(names, line)
            case RoomState():
                return self._room_handler.entered(event, line, now)
            case Joined() | Left():
                return self._messages.member_changed(event, line)
            case TopicChanged():
                return self._messages.topic_set(event, line)
            case ReadElsewhere():
                self._room_handler.read_elsewhere(event, line)
            case Closed():
                return self._room_handler.closed(event, line)
            case Renamed():
                self._messages.renamed(event, line)
            case StorageFailed() | StorageRecovered():
                self._messages.storage_changed(event, line)
            case Missed():
                self._messages.missed(event, line)
            case Account():
                self._reads.signed_in()
                return self._accounts.account(event, line)
            case Devices():
                return self._accounts.devices(event, line)
            case Greeting(lines):
                self._greeted(lines, line)
            case Acted():
                return self._order.acted(event, line)
            case Announcement():
                return self._order.announced(event, line)
            case Erased():
                return self._order.erased(event, line)
            case Sanctions():
                return self._order.sanctions(event, line)
            case Acts():
                return self._order.acts(event, line)
            case Invited():
                self._invitations.invited(event, line)
            case InvitationEnded():
                self._invitations.ended(event, line)
            case InvitationTakenBack():
                return self._invitations.taken_back(event, line)
            case Invitations():
                return self._invitations.listed(event, line)
            case InvitationSent():
                return self._invitations.sent(event, line)
            case Ping(token):
                self._send_buffer.add_reply(session_encoder.pong(token))
            case Bye():
                self._handle_bye(event, line)
            case Pong(token):
                self._display.show_received(ProtocolLine(line))
                if token == IGNORED_QUESTION:
                    self._restore_ignored()
                elif token == ACCOUNT_QUESTION:
                    self._accounts.answered_ping()
                elif token.startswith(ORDER_QUESTION):
                    return self._order.answered_ping(token)
            case Welcome():
                self._display.show_received(ProtocolLine(line))
            case Unknown():
                self._display.show_received(ProtocolLine(without_key(line)))
            case _:
                assert_never(event)
        return False

    def _greeted(self, lines: tuple[str, ...], line: bytes) -> None:
        """Show a greeting, unless the last one was the same: the user knows it."""
        if lines == self._greeting:
            self._display.show_received(ProtocolLine(line))
            return
        self._greeting = lines
        rows = tuple(AnswerRow(SERVER, each) for each in lines)
        self._display.show_received(Answer(rows, line, room="", is_asked=False))

    def _handle_page(self, page: MessagePage, line: bytes) -> bool:
        kind = Search if page.is_search else AskHistory
        # A server of release 1 finds the lobby's messages in a search in all rooms.
        room = None if self._rooms.is_single else page.room
        question = self._outbox.in_flight.take(kind, room=room)
        ignored = self._messages.ignored
        if question is not None and question.is_automatic:
            self._questions.recent_received(page, line, ignored)
            return True
        to_items = answers.search_results if page.is_search else answers.history
        request = question.request if question is not None else None
        for item in to_items(page, request, line, ignored=ignored):
            self._display.show_received(item)
        return question is not None

    def _handle_users(self, page: UserPage, line: bytes) -> bool:
        self._display.show(self._users.add(page.room, page.users))
        if page.more:
            self._display.show_received(ProtocolLine(line))
            return True
        users = self._users.take(page.room)
        question = self._outbox.in_flight.take(AskUsers, room=page.room)
        if question is not None and question.is_automatic:
            return False
        answer = Answer(answers.user_list(users), line, page.room)
        self._display.show_received(answer)
        return question is not None

    def _handle_rooms(self, page: RoomPage, line: bytes) -> bool:
        rows = tuple(RoomListRow(*each) for each in page.rooms)
        question = self._outbox.in_flight.take(AskRooms)
        after = ""
        if question is not None and isinstance(question.request, AskRooms):
            after = question.request.after
        self._display.show_received(RoomList(rows, page.more, line, after))
        return question is not None

    def _handle_ignored(self, names: tuple[str, ...], line: bytes) -> bool:
        answered = self._outbox.in_flight.take(Ignore, Unignore)
        is_requested = answered is not None
        if answered is not None and isinstance(answered.request, Unignore):
            self._messages.ignored.forget(answered.request.name)
        kept = self._messages.ignored.replace(names)
        self._display.show_received(IgnoredList(kept, line, is_requested))
        return is_requested

    def _handle_bye(self, bye: Bye, line: bytes) -> None:
        self.bye = bye
        self._accounts.bye(bye)
        if bye.code != "bye":
            reason = BYE_TEXTS.get(bye.code, bye.reason)
            self._display.show_received(ChatMessage(SERVER, reason, line, room=""))
            self._accounts.note_way_back(bye)
