"""Private events: welcomes, answers and acknowledgements, each for one connection."""

from collections.abc import Mapping, Sequence

from ..events import (
    ConnectionId,
    PrivateEvent,
    Refused,
    RoomName,
    Stored,
    Users,
)
from ..protocol.dialect import Dialect
from ..storage import Page, Question
from .catch_up import answer_events
from .due_rooms import DueRooms
from .erased_texts import ErasedTexts
from .private_order import PrivateOrder
from .reports import DeliveryReports
from .room_delivery import RoomDelivery
from .subscriber import Subscriber
from .unplaced import UnplacedEvents


class PrivateEvents:
    """The private events of *subscribers*, each after the events so far of a room.

    Those of a connection that is in no room wait here.
    """

    def __init__(
        self,
        subscribers: Mapping[ConnectionId, Subscriber],
        rooms: Mapping[RoomName, RoomDelivery],
        due: DueRooms,
        reports: DeliveryReports,
        erased: ErasedTexts,
    ) -> None:
        self._erased = erased
        self._subscribers, self._rooms = subscribers, rooms
        self._due, self._reports = due, reports
        self._order, self._unplaced = PrivateOrder(), UnplacedEvents()

    @property
    def is_due(self) -> bool:
        """Whether `take` would return events that stand in no room's order."""
        return self._unplaced.is_due

    def send(
        self,
        connection: ConnectionId,
        *events: PrivateEvent | Question,
        room: RoomName | None = None,
    ) -> None:
        """Send private events to a connection, after the events so far of *room*.

        Without a room that it hears, that is the room it entered first. A room that it
        is leaving receives no further events.
        """
        subscriber = self._subscribers.get(connection)
        if subscriber is None or subscriber.is_ending:
            return
        place = self._heard(connection, room)
        if place is None or place.is_finishing(connection):
            staying = (
                each for each in subscriber.rooms if not each.is_finishing(connection)
            )
            place = next(staying, None)
        if place is not None:
            place.send_private(connection, *events)
            self._note_order(connection, place, len(events))
            self._due.add(place)
            return
        for event in events:
            if isinstance(event, Question):
                subscriber.questions += 1
                self._reports.questions.append(event)
            else:
                self._unplaced.add(connection, subscriber.dialect, event)
        if events and isinstance(events[0], Users):
            self._reports.queued_answers.add(connection, events)

    def acknowledge(
        self, connection: ConnectionId, name: RoomName, stored: Sequence[Stored]
    ) -> None:
        """Send acknowledgements to a member, after the events of its room so far."""
        if (room := self._heard(connection, name)) is not None:
            room.acknowledge(connection, stored)
            self._note_order(connection, room, len(stored))
            self._due.add(room)

    def _heard(
        self, connection: ConnectionId, name: RoomName | None
    ) -> RoomDelivery | None:
        """Return the room called *name* if the connection hears it."""
        room = self._rooms.get(name) if name is not None else None
        return room if room is not None and connection in room else None

    def _note_order(
        self, connection: ConnectionId, room: RoomDelivery, count: int
    ) -> None:
        if len(self._subscribers[connection].rooms) > 1:
            self._order.add(connection, room, count)

    def send_first(self, connection: ConnectionId, event: PrivateEvent) -> None:
        """Send a private event to a connection before the events of its rooms."""
        subscriber = self._subscribers[connection]
        self._unplaced.add(connection, subscriber.dialect, event)

    def send_early(
        self, connection: ConnectionId, dialect: Dialect, event: PrivateEvent
    ) -> None:
        """Send a private event to a connection that may not receive events yet."""
        self._unplaced.add(connection, dialect, event)

    def undelivered(self, connection: ConnectionId) -> int:
        """Return the number of private events that a connection has not received."""
        subscriber = self._subscribers[connection]
        waiting = subscriber.questions + self._unplaced.count(connection)
        for room in subscriber.rooms:
            waiting += len(room[connection].private_events)
        return waiting

    def answer(self, question: Question, page: Page | Refused) -> None:
        """Deliver the answer to a question, if its connection still waits for it."""
        connection = question.connection
        subscriber = self._subscribers.get(connection)
        if subscriber is None:
            return
        if isinstance(page, Page):
            page = self._erased.without(page, question.purpose)
        for room in subscriber.rooms:
            if room.awaits(question):
                room.answer(question, page)
                self._due.add(room)
                return
        subscriber.questions -= 1
        self.send(connection, *answer_events(question, page))
        if isinstance(page, Page):
            self._reports.queued_answers.add_page(connection, page)

    def remove_texts(self) -> None:
        """Remove erased texts from the events that stand in no room's order."""
        self._unplaced.remove_texts(self._erased)

    def is_any_unplaced(self, connection: ConnectionId) -> bool:
        """Return whether a connection has not received an event of no room."""
        return self._unplaced.count(connection) > 0

    def take(self) -> dict[ConnectionId, bytes]:
        """Return what to write to each connection before the events of its rooms."""
        first = self._unplaced.take() if self._unplaced.is_due else {}
        if not self._order.has_rooms:
            return first
        for connection, data in self._order.take().items():
            first[connection] = first.get(connection, b"") + data
        return first

    def pause(self, connection: ConnectionId) -> None:
        """Keep the events of a lagging connection."""
        self._unplaced.pause(connection)

    def resume(self, connection: ConnectionId) -> None:
        """Return the events of a connection again."""
        self._unplaced.resume(connection)

    def remove(self, connection: ConnectionId) -> None:
        """Forget a connection."""
        self._unplaced.remove(connection)
