"""The handler of the events of rooms: entries and ends, messages, gaps and topics."""

from typing import Final

from parlour.core.events import (
    LOBBY,
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
from .cursor import HistoryCursor
from .display_items import (
    ChatMessage,
    OtherRenamed,
    ProtocolLine,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomRead,
    TopicChanged,
)
from .entry_questions import EntryQuestions
from .ignored_users import IgnoredUsers
from .nickname import trimmed
from .order_requests import CloseRoom
from .replays import LOST, MAX_COUNT, older
from .requests import Join, LeaveRoom, SetTopic
from .rooms import MAX_ROOMS, ONE_ROOM, Membership, Room, title_of
from .server_events import Closed, Message, Missed, ReadElsewhere, RoomState, Stored

TOO_MANY: Final = f"You are in {MAX_ROOMS} rooms, the most that this client can be in"


class RoomHandler:
    """The handler of the events of the rooms that the client is in.

    It asks its *questions* about a room that the user has entered. On a new connection,
    it asks only about the room of the user's latest request, since questions count
    against the rate limit of the server.
    """

    def __init__(self, state: ClientState, questions: EntryQuestions) -> None:
        self.ignored = IgnoredUsers()
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._questions = questions
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Start on a new connection."""
        self._unkept_reason: str | None = None  # None: messages are kept
        self._questions.begin(now)
        self._rooms.begin()

    def welcomed(
        self, only_room: RoomState | None, shown_early: int, now: float
    ) -> None:
        """Process a welcome, after *shown_early* messages of the lobby were shown.

        *only_room* is the lobby of a server that has no other room.
        """
        self._questions.welcomed(now)
        self._rooms.is_single = False
        if (lobby := self._rooms.find(LOBBY)) is not None:
            lobby.messages_shown_early = shown_early
        if only_room is None:
            self._rooms.was_supported = True
        else:
            self.become_single()
            self.entered(only_room, b"", now)

    def become_single(self) -> None:
        """Restrict the client to the lobby: the server has no other room."""
        self._rooms.is_single = True
        for room in self._rooms:
            is_shown = room.membership is not Membership.WANTED
            if room.name != LOBBY and is_shown:
                room.membership = Membership.WANTED
                self._display.show(RoomClosed(room.name, b"", ONE_ROOM))
        if self._rooms.find(LOBBY) is None and self._rooms.add(LOBBY) is not None:
            self._display.show(RoomEntered(LOBBY, b""))

    def entered(self, state: RoomState, line: bytes, now: float) -> bool:
        """Process the entry into a room, which is not shown without a *line*.

        Returns whether it answers a request.
        """
        room = self._rooms.add(state.room)
        if room is None:
            return self._cannot_follow(state, line)
        is_again = room.membership is Membership.ENTERED
        room.membership, room.other = Membership.ENTERED, state.other
        is_first = room.cursor.position is None
        room.read, room.may_tell_at = state.read, 0.0
        if is_first:
            room.read_before = state.read or 0
        is_asked = self._outbox.in_flight.take(Join, room=state.room) is not None
        if state.other and not is_asked:
            is_asked = self._outbox.open_direct(state.room, state.other)
        if line:
            # Otherwise, the unread messages follow, and are counted then.
            counts = is_first and state.sequence > (state.read or 0)
            shown = state if counts else state._replace(unread=0, mentions=0)
            self._show_entered(shown, line, is_requested=is_asked)
        if is_again:
            return is_asked  # the position is right: nothing is replayed
        room.last_sequence, room.messages_replayed = state.sequence, 0
        room.is_replayed = room.cursor.is_before(state.epoch, state.sequence)
        if not is_first and not room.was_resumed:
            self._forget_position(room, state)
        room.awaits_gap = room.cursor.entered(
            state.epoch, state.sequence, is_recovered=state.is_recovered
        )
        if is_asked or room.name == self._outbox.latest_room:
            last = state.sequence if is_first else 0
            self._questions.ask(room, now, last=last)
        return is_asked

    def _cannot_follow(self, state: RoomState, line: bytes) -> bool:
        """Report a room beyond the bound; return whether it answers a request.

        A Parlour server has no more rooms for one client.
        """
        asked = self._outbox.in_flight.take(Join, room=state.room)
        if state.other and asked is None:
            asked = self._outbox.in_flight.take_direct(state.other)
        self._display.show_received(ProtocolLine(line))
        label = trimmed(title_of(state.room, state.other))
        self._display.note(f"{TOO_MANY}: messages of {label} are not shown")
        if asked is None:
            return False
        self._outbox.has_refused = True
        if asked.text:
            self._display.note(f"Not sent to {label}: {TOO_MANY}")
        return True

    def _show_entered(
        self, state: RoomState, line: bytes, *, is_requested: bool
    ) -> None:
        item = RoomEntered(
            state.room,
            line,
            topic=state.topic,
            other=state.other,
            is_kept=state.is_kept,
            is_one_way=state.is_one_way,
            is_requested=is_requested,
            title=state.title,
            is_private=state.is_private,
            unread=state.unread,
            mentions=state.mentions,
        )
        self._display.show_received(item)

    def _forget_position(self, room: Room, state: RoomState) -> None:
        """Report a gap that the server does not know of: hello lacked the cursor."""
        position = room.cursor.position
        if position != (state.epoch, state.sequence):
            self._display.note(LOST, room.name)
        room.cursor = HistoryCursor()

    def read_elsewhere(self, event: ReadElsewhere, line: bytes) -> None:
        """Show that another device of the user has read a room."""
        room = self._rooms.find_entered(event.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
            return
        room.read = max(event.read, room.read or 0)
        self._display.show_received(RoomRead(room.name, line, event.read, event.unread))

    def show_recent(self, name: str, now: float) -> None:
        """Ask for the last messages of a room, of which some are unread."""
        room = self._rooms.find_entered(name)
        if room is not None and room.cursor.position is not None:
            self._questions.ask(room, now, last=room.cursor.position.sequence)

    def refused(self, name: str, reason: str, line: bytes) -> None:
        """Record that a room of hello cannot be entered.

        A direct room may be over by now. Nothing else is in place of it, so the lines
        that wait for it are not sent.
        """
        room = self._rooms.find(name)
        lines = []
        if room is not None and room.other:
            lines = self._outbox.take_lines(name)
        else:
            self._outbox.has_refused = True
        self._rooms.remove(name)
        unsent = tuple(each.text for each in lines if not each.was_sent)
        uncertain = tuple(each.text for each in lines if each.was_sent)
        item = RoomClosed(name, line, reason, unsent=unsent, uncertain=uncertain)
        self._display.show_received(item)

    def left(self, name: str, line: bytes) -> None:
        """Record that the client is no longer in a room, at its own request."""
        self._rooms.remove(name)
        self._display.release(name)
        self._display.show_received(RoomLeft(name, line))

    def closed(self, event: Closed, line: bytes) -> bool:
        """Process the end of a room; return whether the user has asked for it.

        A direct room ends when one of its users leaves it.
        """
        if self._outbox.in_flight.take(LeaveRoom, room=event.room) is not None:
            self.left(event.room, line)
            return True
        is_own = self._outbox.in_flight.take(CloseRoom, room=event.room) is not None
        if self._rooms.find(event.room) is None:
            self._display.show_received(ProtocolLine(line))
            return is_own
        self._rooms.remove(event.room)
        self._display.release(event.room)
        self._display.show_received(RoomClosed(event.room, line, event.reason))
        return is_own

    def message(self, message: Message, line: bytes) -> None:
        """Show a message, unless it is a duplicate, or its source is ignored."""
        room = self._rooms.find_entered(message.room)
        if room is None:
            self._display.show_received(ProtocolLine(line))
            return
        if not room.cursor.advance(message.sequence):
            return
        if room.awaits_gap:  # which the server has not reported
            room.awaits_gap = False
            self._display.note(LOST, room.name)
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
            self.notice(text, line, room.name)
            return
        room.awaits_gap = False
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
            self.notice(text, line, event.room)
            if isinstance(event, Joined) and event.name == self._nickname.current:
                room.last_sequence = 0  # nothing older follows
        else:
            return self.closed(Closed(event.room, event.reason), line)
        return False

    def renamed(self, event: Renamed, line: bytes) -> None:
        """Process the rename of a user in one of its rooms; each room has its own."""
        self._nickname.renamed(event.name, event.to)
        room = self._rooms.find_entered(event.room or "")
        if event.room is not None and room is None:
            self._display.show_received(ProtocolLine(line))
            return
        _, text = source_and_text(event)
        self.notice(text, line, event.room or "")
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
        self.notice(text, line, "" if has_others else event.room)

    def notice(self, text: str, line: bytes, room: str) -> None:
        """Show a notice, in the words of the plain dialect."""
        self._display.show_received(ChatMessage(SERVER, text, line, room=room))
