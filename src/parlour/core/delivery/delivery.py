"""Delivery: what each connection receives next, of all of its rooms.

A flush visits the rooms that have something due, and no others. Each connection gets
one write per flush. A connection that lags does so in all of its rooms together. The
module has more than 300 lines, since each further call would be one for each message.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ..events import (
    LOBBY,
    ConnectionId,
    Erased,
    Message,
    PrivateEvent,
    RoomEvent,
    RoomName,
    is_direct_room,
)
from ..limits import ALL_RECENT_BYTES, Limits
from ..protocol.dialect import Dialect
from .due_rooms import DueRooms
from .erased_texts import ErasedTexts
from .joined_writes import join_writes
from .opening import Opening
from .private_events import PrivateEvents
from .recent_events import RecentEvents
from .recent_sizes import RecentSizes
from .reports import DeliveryReports
from .room_delivery import RoomDelivery
from .shared_cursors import Write
from .subscriber import Subscriber

MIRROR: Final = RoomName("")
"""The room of the server's own terminal: it has the events of all others."""


class Delivery:
    """The connections of a node, and the delivery of events to them."""

    def __init__(self, limits: Limits, *, max_recent: int = ALL_RECENT_BYTES) -> None:
        self._limits, self._sizes = limits, RecentSizes(max_recent)
        self._due = DueRooms(self._sizes)
        self._rooms: dict[RoomName, RoomDelivery] = {}
        self._subscribers: dict[ConnectionId, Subscriber] = {}
        self._mirror: RoomDelivery | None = None
        self._hidden: set[RoomName] = set()  # from the mirror
        self._direct: set[RoomName] = set()  # rooms whose messages are only here
        self.reports, self._erased = DeliveryReports(), ErasedTexts()
        self.private = PrivateEvents(
            self._subscribers, self._rooms, self._due, self.reports, self._erased
        )

    def __contains__(self, connection: ConnectionId) -> bool:
        return connection in self._subscribers

    def __len__(self) -> int:
        return len(self._subscribers)

    # -- for reports --------------------------------------------------------------

    @property
    def room_count(self) -> int:
        """Rooms that somebody on this node hears."""
        return len(self._rooms)

    @property
    def recent_size(self) -> int:
        """Bytes of the recent events of all rooms."""
        return self._sizes.total

    # -- rooms --------------------------------------------------------------------

    def room(self, name: RoomName) -> RoomDelivery | None:
        """Return the delivery of a room, if somebody on this node hears it."""
        return self._rooms.get(name)

    def append(self, name: RoomName, event: RoomEvent) -> None:
        """Add an event for the members of a room."""
        self._mirror_event(name, event)
        room = self._rooms.get(name)
        if room is not None:
            room.append(event)
            self._due.add(room)

    def extend(self, name: RoomName, messages: Sequence[Message]) -> None:
        """Add messages, at least one, for the members of a room."""
        if self._mirror is not None and not (
            name in self._hidden or is_direct_room(name)
        ):
            self._mirror.extend(messages)
            self._due.add(self._mirror)
        room = self._rooms.get(name)
        if room is not None:
            room.extend(messages)
            self._due.add(room)

    def erase(self, erasure: Erased) -> None:
        """Add an erasure to a room, and remove the text from what waits."""
        self._erased.add(erasure)
        for room in self._rooms.values():
            room.remove_texts(self._erased)
        self.private.remove_texts()
        for each in (self._rooms.get(erasure.room), self._mirror):
            if each is not None:
                each.recent.erase(erasure.room, erasure.target)
        self.append(erasure.room, erasure)

    def append_to_all(self, make_event: Callable[[RoomName], RoomEvent]) -> None:
        """Add an event to every room with a history that somebody hears."""
        for name, room in list(self._rooms.items()):
            if name != MIRROR and room.is_kept:
                self.append(name, make_event(name))

    def whisper(self, name: RoomName, message: Message) -> None:
        """Add a message of a direct room, whose recent events are its only history."""
        room = self._rooms.get(name)
        if room is not None:
            self._direct.add(name)
            room.extend([message])
            self._due.add(room)

    def skip(self, name: RoomName, sequence: int) -> int | None:
        """Note a message that only its sender hears: it is in the history alone.

        Return the sequence of the message before it, if somebody hears the room.
        """
        room = self._rooms.get(name)
        return None if room is None else room.recent.skip(sequence)

    def end_room(self, name: RoomName) -> None:
        """Deliver the events of a room so far to its members, and then nothing more."""
        self._direct.discard(name)
        room = self._rooms.get(name)
        if room is None:
            return
        for connection in list(room):
            self.finish(connection, name)
        self._drop_empty(room)

    # -- connections --------------------------------------------------------------

    def open(self, connection: ConnectionId, dialect: Dialect) -> None:
        """Add a connection, which hears no room yet."""
        self._subscribers[connection] = Subscriber(dialect)

    def open_mirror(self, connection: ConnectionId, dialect: Dialect) -> None:
        """Add a connection that hears the public events of all rooms.

        It may lag without limit, but then misses the events that were discarded.
        """
        self.open(connection, dialect)
        self.enter(connection, MIRROR, 0)
        self._mirror = self._rooms[MIRROR]

    def set_hidden(self, name: RoomName, *, is_hidden: bool) -> None:
        """Hide a room from the connection that hears all others, or show it."""
        if is_hidden:
            self._hidden.add(name)
        else:
            self._hidden.discard(name)

    def is_hidden(self, name: RoomName) -> bool:
        """Return whether the connection that hears all rooms does not hear this one."""
        return name in self._hidden

    def send_to_mirror(self, event: PrivateEvent) -> None:
        """Send a private event to the connection that hears all rooms, if any."""
        for connection in list(self._mirror or ()):
            self.private.send(connection, event)

    def set_dialect(self, connection: ConnectionId, dialect: Dialect) -> None:
        """Deliver in another dialect, in the rooms that the connection enters."""
        self._subscribers[connection].dialect = dialect

    def rooms_of(self, connection: ConnectionId) -> list[RoomName]:
        """Return the rooms that a connection hears."""
        subscriber = self._subscribers.get(connection)
        return [] if subscriber is None else [each.room for each in subscriber.rooms]

    def hears(self, connection: ConnectionId, name: RoomName) -> bool:
        """Return whether a connection hears a room."""
        room = self._rooms.get(name)
        return room is not None and connection in room

    def is_finishing(self, connection: ConnectionId, name: RoomName) -> bool:
        """Return whether a connection that hears a room receives no new events."""
        return self._rooms[name].is_finishing(connection)

    def enter(
        self,
        connection: ConnectionId,
        name: RoomName,
        last_sequence: int,
        opening: Opening | None = None,
    ) -> None:
        """Let a connection hear a room whose last message is *last_sequence*."""
        room = self._rooms.get(name)
        if room is None:
            recent = RecentEvents(self._limits.recent_events_bytes, last_sequence)
            room = RoomDelivery(
                name,
                recent,
                self.reports,
                self._limits.flush_bytes,
                is_kept=opening.info.is_kept if opening else not is_direct_room(name),
            )
            self._rooms[name] = room
        subscriber = self._subscribers[connection]
        subscriber.rooms = (*subscriber.rooms, room)
        self._due.add(room)
        room.add(connection, subscriber.dialect, opening)
        if subscriber.is_lagging:
            room.pause_writing(connection)

    def upgrade(
        self, connection: ConnectionId, name: RoomName, opening: Opening
    ) -> None:
        """Continue in the connection's new dialect in a room that it hears already."""
        subscriber = self._subscribers[connection]
        room = self._rooms[name]
        room.upgrade(connection, subscriber.dialect, opening)
        self._due.add(room)

    def finish(self, connection: ConnectionId, name: RoomName) -> None:
        """Deliver the events of a room so far to a member, and then nothing more."""
        room = self._rooms[name]
        room.finish(connection)
        self._due.add(room)

    def finish_all(self, connection: ConnectionId) -> None:
        """Deliver the events so far to a connection, and then nothing more."""
        subscriber = self._subscribers.get(connection)
        if subscriber is None:
            return
        subscriber.is_ending = True
        for room in subscriber.rooms:
            self.finish(connection, room.room)
        self._report_end(connection, subscriber)

    def leave(self, connection: ConnectionId, name: RoomName) -> None:
        """Remove a member from a room, and drop what it has not received."""
        subscriber = self._subscribers[connection]
        room = self._rooms[name]
        subscriber.rooms = tuple(each for each in subscriber.rooms if each is not room)
        room.remove(connection)
        self._drop_empty(room)

    def withdraw(self, connection: ConnectionId, name: RoomName) -> None:
        """Remove a member from a room, but still deliver its private events."""
        events = self._rooms[name].private_events(connection)
        self.leave(connection, name)
        self.private.send(connection, *events)

    def close(self, connection: ConnectionId) -> None:
        """Remove a connection, and drop what it has not received.

        It may not have been added yet, and have received events already.
        """
        for name in self.rooms_of(connection):
            self.leave(connection, name)
        self._subscribers.pop(connection, None)
        self.private.remove(connection)
        self.reports.queued_answers.clear(connection)

    def _report_end(self, connection: ConnectionId, subscriber: Subscriber) -> None:
        """Report a connection that is ending and has received everything."""
        if (
            subscriber.is_ending
            and not subscriber.rooms
            and not self.private.is_any_unplaced(connection)
        ):
            self.reports.ended.append(connection)

    def recent_messages(self, name: RoomName) -> list[Message]:
        """Return the recent messages of a room that somebody hears, oldest first."""
        room = self._rooms.get(name)
        return [] if room is None else room.recent.messages()

    def newest_messages(self, name: RoomName, count: int) -> list[Message]:
        """Return the messages among the newest *count* recent events of a room."""
        room = self._rooms.get(name)
        return [] if room is None else room.recent.newest_messages(count)

    def find_message(self, name: RoomName, sequence: int) -> Message | None:
        """Return a recent message of a room that somebody hears, or None."""
        room = self._rooms.get(name)
        return None if room is None else room.recent.find(name, sequence)

    # -- flushes ------------------------------------------------------------------

    @property
    def is_urgent(self) -> bool:
        """Whether messages wait for a flush."""
        return self._due.is_urgent

    def pause_writing(self, connection: ConnectionId) -> None:
        """Deliver nothing to a connection until `resume_writing`: it is lagging."""
        subscriber = self._subscribers.get(connection)
        if subscriber is None or subscriber.is_lagging:
            return
        subscriber.is_lagging = True
        self.private.pause(connection)
        for room in subscriber.rooms:
            room.pause_writing(connection)

    def resume_writing(self, connection: ConnectionId) -> None:
        """Deliver again to a connection, if it is lagging."""
        subscriber = self._subscribers.get(connection)
        if subscriber is None or not subscriber.is_lagging:
            return
        subscriber.is_lagging = False
        self.private.resume(connection)
        for room in subscriber.rooms:
            room.resume_writing(connection)
            self._due.add(room)

    def flush_time(self, now: float) -> float | None:
        """Return when :meth:`flush` is due, at the earliest *now*; None if never."""
        if self.private.is_due or self.reports.ended:
            return now
        return self._due.flush_time(now)

    def flush(self, now: float) -> list[Write]:
        """Return what to write to which connections; it counts as received."""
        self.reports.caught_up = {}
        first = self.private.take()
        writes = self._due.flush(now)
        if first or self.reports.finished:
            self._end_members(first)
        return join_writes(first, writes)

    def _end_members(self, first: Iterable[ConnectionId]) -> None:
        """Remove the members that received everything, and report what has ended.

        *first* are the connections that received events outside of any room.
        """
        for connection, name in self.reports.take_finished():
            if self.hears(connection, name):
                self.leave(connection, name)
                self.reports.left.append((connection, name))
                self._report_end(connection, self._subscribers[connection])
        for connection in first:
            if (subscriber := self._subscribers.get(connection)) is not None:
                if not subscriber.rooms:
                    self.reports.queued_answers.clear(connection)
                self._report_end(connection, subscriber)
            self.reports.answered.append(connection)

    def _drop_empty(self, room: RoomDelivery) -> None:
        """Forget a room that nobody on this node hears."""
        name = room.room
        if len(room) or name == LOBBY or name in self._direct:
            return
        del self._rooms[name]
        self._due.forget(room)

    def _mirror_event(self, name: RoomName, event: RoomEvent) -> None:
        is_public = name != MIRROR and not is_direct_room(name)
        if self._mirror is not None and is_public and name not in self._hidden:
            self._mirror.append(event)
            self._due.add(self._mirror)
