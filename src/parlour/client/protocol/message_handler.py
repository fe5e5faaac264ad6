"""The handler of what is said in rooms: messages, gaps, notices and topics."""

from parlour.core.events import (
    SERVER,
    Joined,
    Left,
    Renamed,
    RoomName,
    StorageFailed,
    StorageRecovered,
)
from parlour.core.events import Missed as MissedEvent
from parlour.core.events import TopicChanged as TopicEvent
from parlour.core.protocol.plain import source_and_text

from .client_state import ClientState
from .display_items import ChatMessage, OtherRenamed, ProtocolLine, TopicChanged
from .ignored_users import IgnoredUsers
from .replays import LOST, MAX_COUNT, older
from .requests import SetTopic
from .room_handler import RoomHandler
from .rooms import Room
from .server_events import Closed, Message, Missed, Stored


class MessageHandler:
    """The handler of messages and notices, in the rooms that the client is in."""

    def __init__(self, state: ClientState, room_handler: RoomHandler) -> None:
        self.ignored = IgnoredUsers()
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._room_handler = room_handler
        self.begin()

    def begin(self) -> None:
        """Start on a new connection."""
        self._unkept_reason: str | None = None  # None: messages are kept

    def message(self, message: Message, line: bytes) -> None:
        """Show a message, unless it was shown before, or its source is ignored."""
        room = self._rooms.find_entered(message.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
            return
        if not room.cursor.advance(message.sequence):
            return
        if room.awaits_gap:  # which the server has not reported
            room.awaits_gap = False
            self._display.note(LOST, room.name)
        if room.unnumbered.take(message):
            return
        is_own = message.source == self._nickname.current
        if message.source in self.ignored and not is_own:
            self._display.show_received(ProtocolLine(line))
            return
        item = ChatMessage(
            *(message.source, message.shown_text, line, message.time, room.name),
            message.sequence,
            is_own and self._is_of_another_device(room, message.sequence),
        )
        room.messages_replayed += message.sequence <= room.last_sequence
        self._display.show_received(item)

    def stored(self, event: Stored) -> None:
        """Record that a line of this client is stored; the message itself follows."""
        room = self._rooms.find(event.room)
        if room is not None:
            room.last_stored = max(room.last_stored, event.sequence)

    def _is_of_another_device(self, room: Room, sequence: int) -> bool:
        """Return whether another device of the account has sent an own message.

        False if this client may have sent it: its acknowledgement may be lost.
        """
        is_signed_in = room.read is not None
        is_known = sequence <= room.last_stored or self._outbox.has_lines(room.name)
        return is_signed_in and not is_known

    def missed(self, gap: Missed, line: bytes) -> None:
        """Process a gap, during a replay or because the connection is too slow."""
        room = self._rooms.find_entered(gap.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
            return
        room.cursor.skip_to(gap.resume_after, is_recreated=gap.events is None)
        if not room.awaits_gap:
            is_known = gap.events is not None and gap.events <= MAX_COUNT
            events = gap.events if is_known else None
            event = MissedEvent(RoomName(gap.room), events, gap.resume_after)
            _, text = source_and_text(event)
            self._notice(text, line, room.name)
            return
        room.awaits_gap = room.is_replayed = False
        self._display.show_received(ProtocolLine(line))
        self._display.note(older(gap.events), room.name)

    def member_changed(self, event: Joined | Left, line: bytes) -> bool:
        """Show that a user entered or left a room; the user may be this client.

        Returns whether it answers a request.
        """
        room = self._rooms.find_entered(event.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
        elif isinstance(event, Joined) or not event.is_own or self._rooms.is_single:
            _, text = source_and_text(event)
            self._notice(text, line, event.room)
            if isinstance(event, Joined) and event.name == self._nickname.current:
                room.last_sequence = 0  # nothing older follows
        else:
            return self._room_handler.closed(Closed(event.room, event.reason), line)
        return False

    def renamed(self, event: Renamed, line: bytes) -> None:
        """Process the rename of a user in one of its rooms; each room has its own."""
        self._nickname.renamed(event.name, event.to)
        room = self._rooms.find_entered(event.room or "")
        if event.room is not None and room is None:
            self._display.show_received(ProtocolLine(line))
            return
        _, text = source_and_text(event)
        self._notice(text, line, event.room or "")
        is_own = self._nickname.may_be(event.name) and self._nickname.may_be(event.to)
        if room is not None and room.other and not is_own:
            room.other = event.to  # even if a rename before this one was missed
            self._display.show_received(OtherRenamed(room.name, event.to))

    def topic_set(self, event: TopicEvent, line: bytes) -> bool:
        """Show a topic; return whether this client has set it."""
        if self._rooms.find_entered(event.room) is None:
            self._display.show_received(ProtocolLine(line))
            return False
        item = TopicChanged(event.room, event.topic, event.by, line)
        self._display.show_received(item)
        is_own = self._nickname.may_be(event.by)
        return (
            is_own
            and self._outbox.in_flight.take(SetTopic, room=event.room) is not None
        )

    def storage_changed(
        self, event: StorageFailed | StorageRecovered, line: bytes
    ) -> None:
        """Show whether messages are kept, once for all rooms."""
        reason = event.reason if isinstance(event, StorageFailed) else None
        has_others = len(list(self._rooms)) > 1
        if has_others and reason == self._unkept_reason:
            self._display.show_received(ProtocolLine(line))
            return
        self._unkept_reason = reason
        _, text = source_and_text(event)
        self._notice(text, line, "" if has_others else event.room)

    def _notice(self, text: str, line: bytes, room: str) -> None:
        """Show a notice, in the words of the plain dialect."""
        self._display.show_received(ChatMessage(SERVER, text, line, room=room))
