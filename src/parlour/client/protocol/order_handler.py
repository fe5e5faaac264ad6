"""The handler of the events by which moderators keep order."""

from typing import Final, get_args

from parlour.core.events import Acted, Announcement
from parlour.core.protocol.act_text import announcement_text

from . import session_encoder
from .client_state import ClientState
from .display_items import ProtocolLine, Refusal
from .order_items import (
    Act,
    ActList,
    AnnouncementMade,
    MessageErased,
    OrderDone,
    SanctionList,
    SanctionRow,
)
from .order_requests import (
    Announce,
    AskActs,
    AskSanctions,
    AskWhy,
    Ban,
    Erase,
    Kick,
    Mute,
    OrderCommand,
    OrderRequest,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from .queued_request import QueuedRequest
from .requests import Request
from .server_events import Acts, Erased, Sanctions

NO_MODERATORS: Final = "this server has no moderators"
NOT_ANSWERED: Final = (
    "The connection was lost before the server had answered: it may be done or not"
)
NOT_REACHED: Final = (
    "The server no longer sends the text. It leaves the file within a minute and its "
    "search index within an hour; copies and backups keep it"
)
MAX_ANNOUNCED: Final = 16  # announcements that are recognised in other rooms

QUESTION: Final = "done?"
"""The beginning of the token of the ping after each command.

A server tells nobody what is done on the whole server, or has no effect. It processes
the ping once the command is carried out or refused.
"""

_REQUESTS: Final[dict[str, type[Request]]] = {
    "kick": Kick,
    "mute": Mute,
    "unmute": Unmute,
    "ban": Ban,
    "unban": Unban,
    **dict.fromkeys(("lock", "unlock", "slow", "private", "public"), SetRoom),
    **dict.fromkeys(("member", "moderator", "owner"), SetRole),
}
"""The requests that an act answers, by its action."""


_ORDERS: Final[tuple[type[Request], ...]] = get_args(OrderRequest)
_COMMANDS: Final[tuple[type[Request], ...]] = get_args(OrderCommand)


_ALWAYS_TOLD: Final = (Kick, Mute, Unmute, Ban, Unban)
"""The commands that never leave things as they are: if they act in a room, the server
sends an act to it, before the pong or after it."""


def done_question(queued: QueuedRequest) -> bytes:
    """Return the ping after a command."""
    return session_encoder.ping(f"{QUESTION}{queued.number}")


class OrderHandler:
    """The handler of acts, announcements and sanctions."""

    def __init__(self, state: ClientState) -> None:
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self.begin()

    def begin(self) -> None:
        """Start on a new connection."""
        self._announced: dict[tuple[str, str], set[str]] = {}  # in which rooms

    def acted(self, act: Acted, line: bytes) -> bool:
        """Show what a moderator did; return whether it answers a request."""
        if self._rooms.find_entered(act.room) is None:
            self._display.show_received(ProtocolLine(line))
            return False
        room, action, by, name, until, reason = (
            *(act.room, act.action, act.by, act.name, act.until, act.reason),
        )
        self._display.show_received(Act(room, action, by, name, until, reason, line))
        is_own = bool(by) and self._nickname.may_be(by)
        return (
            is_own
            and self._outbox.in_flight.take(_REQUESTS[action], room=room) is not None
        )

    def erased(self, event: Erased, line: bytes) -> bool:
        """Show that a message was erased; return whether it answers a request."""
        room = self._rooms.find_entered(event.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
            return False
        if not room.cursor.advance(event.sequence):
            return False
        _, _, time, target, by, name = event
        self._display.show_received(
            MessageErased(room.name, target, by, name, time, line)
        )
        is_own = bool(by) and self._nickname.may_be(by)
        if not is_own or self._outbox.in_flight.take(Erase, room=room.name) is None:
            return False
        self._display.note(NOT_REACHED, room.name)
        return True

    def announced(self, event: Announcement, line: bytes) -> bool:
        """Show an announcement once; each room has its own event of it."""
        rooms = self._announced.setdefault((event.by, event.text), set())
        is_known = bool(rooms) and event.room not in rooms
        if not is_known:
            rooms.clear()
        rooms.add(event.room)
        if len(self._announced) > MAX_ANNOUNCED:
            del self._announced[next(iter(self._announced))]
        if is_known:
            self._display.show_received(ProtocolLine(line))
            return False
        item = AnnouncementMade(announcement_text(event), line)
        self._display.show_received(item)
        is_own = bool(event.by) and self._nickname.may_be(event.by)
        return is_own and self._outbox.in_flight.take(Announce) is not None

    def sanctions(self, event: Sanctions, line: bytes) -> bool:
        """Show sanctions; return whether they answer a request."""
        asked = self._outbox.in_flight.take(AskWhy if event.is_own else AskSanctions)
        room = ""
        if asked is not None and isinstance(asked.request, AskSanctions):
            room = asked.request.room or ""
        rows = tuple(SanctionRow(*each) for each in event.sanctions)
        item = SanctionList(rows, line, room, event.is_own, event.has_more)
        self._display.show_received(item)
        return asked is not None

    def acts(self, event: Acts, line: bytes) -> bool:
        """Show acts of the audit log; return whether they answer a request."""
        asked = self._outbox.in_flight.take(AskActs)
        room = ""
        if asked is not None and isinstance(asked.request, AskActs):
            room = asked.request.room or ""
        item = ActList(event.acts, event.has_more, line, room)
        self._display.show_received(item)
        return asked is not None

    def answered_ping(self, token: str) -> bool:
        """Process the answer to the ping after a command, which is carried out.

        Return whether the command had no other answer.
        """
        done = self._outbox.in_flight.take_numbered(token.removeprefix(QUESTION))
        if done is None or not isinstance(done.request, OrderCommand):
            return False
        request = done.request
        if not isinstance(request, _ALWAYS_TOLD) or request.room is None:
            self._display.show(OrderDone(request))
        return True

    def unknown_request(self, line: bytes) -> bool:
        """Process an error about an unknown type; return whether it answers a request.

        An old server does not say which line it is about.
        """
        if self._outbox.in_flight.take(*_ORDERS) is None:
            return False
        self._outbox.has_refused = True
        self._display.show_received(Refusal(NO_MODERATORS, line, "unknown_type"))
        return True

    def connection_lost(self) -> int:
        """Drop commands without an answer, which could be carried out twice.

        Return their number.
        """
        dropped = 0
        while self._outbox.in_flight.take(*_COMMANDS) is not None:
            dropped += 1
        if dropped:
            self._display.note(NOT_ANSWERED)
        return dropped
