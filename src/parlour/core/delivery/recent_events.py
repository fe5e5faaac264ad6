"""A room's recent events.

The *position* of an event is the number of events before it in the room, since the
server started. Positions only increase. A cursor is a position: that of the next
event to deliver.
"""

from collections.abc import Sequence

from ..events import Erased, Message, RoomEvent, RoomName, SequencedEvent
from ..protocol.dialect import Dialect
from .encoded_events import MAX_SLICE_EVENTS, EncodedEvents, Slice
from .message_positions import MessagePositions


class RecentEvents:
    """The recent events of a room, with their encoding for each dialect in use.

    `discard_before` removes the oldest events once an encoding is a quarter larger
    than *max_bytes*, and leaves at least *max_bytes*. Between its calls nothing is
    discarded, so a member that is written to at every flush misses no event.

    Erasures have sequences, and count as messages.
    """

    def __init__(self, max_bytes: int, last_sequence: int = 0) -> None:
        self._max_bytes = max_bytes
        self.last_sequence = last_sequence
        """Sequence of the last message; it may be older than the recent events."""
        self.last_discarded = last_sequence
        """Sequence of the last message before the recent events."""
        self._last_skipped = 0  # the last message that is only in the history
        self._events: list[RoomEvent] = []
        self._messages = MessagePositions()
        self._encodings: dict[str, EncodedEvents] = {}  # by the name of the dialect
        self.base = 0
        """Position of the oldest recent event."""
        self.head = 0
        """Position of the next event."""
        self.size = 0
        """Bytes of all encodings together, as of the last `encode` or discard."""

    @property
    def discarded_messages(self) -> int:
        """Messages before the recent events, in total."""
        return self._messages.discarded

    def append(self, event: RoomEvent) -> None:
        """Add *event*."""
        if isinstance(event, Message | Erased):
            self.extend([event])
        else:
            self._events.append(event)
            self.head += 1

    def extend(self, messages: Sequence[SequencedEvent]) -> None:
        """Add *messages*, at least one, in order of their sequences."""
        self._messages.extend(self.head, messages)
        self._events.extend(messages)
        self.head += len(messages)
        self.last_sequence = messages[-1].sequence

    def sequence_before(self, position: int) -> int:
        """Return the sequence of the last message before *position*.

        *position* must not be less than `base`.
        """
        found = self._messages.sequence_before(position)
        return self.last_discarded if found is None else found

    def messages_before(self, position: int) -> int:
        """Return the number of messages before *position* since the server started.

        *position* must not be less than `base`.
        """
        return self._messages.count_before(position)

    def messages(self) -> list[Message]:
        """Return the messages among the recent events, oldest first."""
        return [event for event in self._events if isinstance(event, Message)]

    def newest_messages(self, count: int) -> list[Message]:
        """Return the messages among the newest *count* events, oldest first."""
        return [each for each in self._events[-count:] if isinstance(each, Message)]

    def skip(self, sequence: int) -> int:
        """Note a message that is only in the history; return the one before it.

        So that no replay lacks it, none of an earlier message begins here.
        """
        before, self.last_sequence = self.last_sequence, sequence
        self._last_skipped = sequence
        return before

    def find(self, room: RoomName, sequence: int) -> Message | None:
        """Return a message, if it is among the recent events."""
        index = self._index_of(room, sequence)
        event = None if index is None else self._events[index]
        return event if isinstance(event, Message) else None

    def erase(self, room: RoomName, sequence: int) -> None:
        """Remove the text of a message, if it is among the recent events."""
        index = self._index_of(room, sequence)
        if index is None:
            return
        event = self._events[index]
        assert isinstance(event, Message)
        self._events[index] = erased = event.erased()
        for encoded in self._encodings.values():
            encoded.replace(index, erased)

    def _index_of(self, room: RoomName, sequence: int) -> int | None:
        events = self._events
        for index in reversed(range(len(events))):
            event = events[index]
            if (
                isinstance(event, Message)
                and event.sequence == sequence
                and event.room == room
            ):
                return index
        return None

    def position_after(self, sequence: int) -> int | None:
        """Return the position after the message *sequence*.

        None if messages after *sequence* were discarded, or are only in the history.
        """
        if sequence < self.last_discarded or sequence < self._last_skipped:
            return None
        found = self._messages.position_after(sequence)
        return self.base if found is None else found

    def encoded(self, dialect: Dialect) -> EncodedEvents:
        """Return the events in *dialect*. The next `encode` fills a new encoding."""
        if dialect.name not in self._encodings:
            self._encodings[dialect.name] = EncodedEvents(dialect, self.base)
        return self._encodings[dialect.name]

    def encode(self) -> None:
        """Encode the new events once for each dialect."""
        size = 0
        for encoded in self._encodings.values():
            encoded.encode(self._events, self.base)
            size += encoded.size
        self.size = size
        if not self._encodings:
            self._discard(len(self._events))  # the room never had a member

    def discard_before(self, position: int) -> None:
        """Discard the oldest events over the limit, but none from *position* on."""
        if self.size <= self._max_bytes:
            return  # so no encoding is larger
        limit, encodings = position - self.base, self._encodings.values()
        excess = [encoded.excess(self._max_bytes, limit) for encoded in encodings]
        if count := max(excess, default=0):
            self._discard(count)

    def discard_all_before(self, position: int) -> None:
        """Discard the events before *position*, whatever their size."""
        if position > self.base:
            self._discard(position - self.base)

    def slice_messages(
        self, encoded: EncodedEvents, cursor: int, end: int, limit: int
    ) -> Slice:
        """Return the slice that `EncodedEvents.slice` would, without its notices.

        Notices are the events that have no sequence.
        """
        first = cursor - self.base
        events = self._events[first : min(end - self.base, first + MAX_SLICE_EVENTS)]
        chosen = [
            index
            for index, event in enumerate(events)
            if isinstance(event, Message | Erased)
        ]
        return encoded.pick(cursor, chosen, len(events), limit)

    def _discard(self, count: int) -> None:
        self.last_discarded = self.sequence_before(self.base + count)
        self._messages.discard_before(self.base + count)
        del self._events[:count]
        self.base += count
        self.size = 0
        for encoded in self._encodings.values():
            encoded.discard(count)
            self.size += encoded.size
