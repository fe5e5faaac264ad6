"""The handler of entries into rooms, and of their ends."""

from typing import Final

from parlour.core.events import LOBBY

from .client_state import ClientState
from .cursor import HistoryCursor
from .display_items import (
    ProtocolLine,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomRead,
)
from .entry_questions import EntryQuestions
from .nickname import trimmed
from .order_requests import CloseRoom
from .replays import LOST
from .requests import Join, LeaveRoom
from .rooms import MAX_ROOMS, ONE_ROOM, Membership, Room, title_of
from .server_events import Closed, ReadElsewhere, RoomState

TOO_MANY: Final = f"You are in {MAX_ROOMS} rooms, the most that this client can be in"


class RoomHandler:
    """The handler of the rooms that the client enters and leaves.

    It asks its *questions* about a room that the user has entered. On a new connection,
    it asks only about the room of the user's latest request, since questions count
    against the rate limit of the server.
    """

    def __init__(self, state: ClientState, questions: EntryQuestions) -> None:
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._questions = questions
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Start on a new connection."""
        self._questions.begin(now)
        self._rooms.begin()

    def welcomed(self, only_room: RoomState | None, now: float) -> None:
        """Process a welcome.

        *only_room* is the lobby of a server that has no other room.
        """
        self._questions.welcomed(now)
        self._rooms.is_single = False
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
        room.unnumbered.entered(state.sequence)
        is_before = room.cursor.is_before(state.epoch, state.sequence)
        room.is_replayed = room.was_resumed and is_before
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
