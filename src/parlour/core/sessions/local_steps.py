"""Local steps: answers and questions of connections, in their own order."""

from typing import Final, assert_never

from ..delivery.delivery import Delivery
from ..events import (
    Bye,
    ConnectionId,
    HistoryPage,
    ListedRoom,
    PrivateEvent,
    Refused,
    RoomList,
    RoomName,
    SessionId,
)
from ..state import refusals
from ..state.room import Room
from ..state.state import State
from ..storage import (
    After,
    Before,
    FindMessage,
    FindTexts,
    Purpose,
    Query,
    Question,
    ReadActs,
    Search,
    SearchRooms,
)
from .connection import Connection
from .proposals import Proposals
from .registry import Connections
from .steps import AskHistory, AskRooms, AskUsers, Finish, FinishAll, SendPrivate, Step

NOT_KEPT: Final = Refused(
    "not_kept", "messages of this conversation are not kept, and cannot be searched"
)


class LocalSteps:
    """Carries out local steps, once the entries before them are settled.

    A private event waits only for entries of its own connection. A question waits for
    all, so that its answer knows everything that was said before it.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        delivery: Delivery,
        connections: Connections,
    ) -> None:
        self._state, self._proposals = state, proposals
        self._delivery, self._connections = delivery, connections

    def add(self, step: Step) -> None:
        """Carry out a step now, or after the entries that were proposed before it."""
        connection = None
        if not isinstance(step, FinishAll):
            connection = self._connections.get(step.connection)
        if connection is not None and self._may_overtake(step, connection):
            self._apply(step)
        elif self._proposals.add(step):
            if connection is not None:
                connection.pending_answers += 1
        else:
            self._apply(step)

    def apply(self, step: Step) -> None:
        """Carry out a step that waited."""
        if not isinstance(step, FinishAll):
            connection = self._connections.get(step.connection)
            if connection is not None:
                connection.pending_answers -= 1
        self._apply(step)

    def undelivered(self, connection: ConnectionId) -> int:
        """Return the number of private events that a connection has not received."""
        waiting = self._connections[connection].pending_answers
        if connection in self._delivery:
            waiting += self._delivery.private.undelivered(connection)
        return waiting

    def _may_overtake(self, step: Step, connection: Connection) -> bool:
        """Return whether a step need not wait for the entries of others."""
        return (
            isinstance(step, SendPrivate)
            and not connection.pending_answers
            and self._proposals.is_settled(connection)
        )

    def _apply(self, step: Step) -> None:
        match step:
            case SendPrivate(connection, event, room):
                self._delivery.private.send(connection, event, room=room)
            case AskHistory():
                self._ask_history(step)
            case AskUsers(connection, name):
                self._list_users(connection, name)
            case AskRooms():
                self._list_rooms(step)
            case Finish(connection):
                self._delivery.finish_all(connection)
            case FinishAll(bye):
                self._finish_all(bye)
            case _:
                assert_never(step)

    def _ask_history(self, step: AskHistory) -> None:
        connection, query = step.connection, step.query
        session = self._session_of(connection)
        if isinstance(query, SearchRooms):
            rooms = tuple(
                each for each in query.rooms if self._state.may_read(session, each)
            )
            query = query.replace(rooms=rooms)
        if isinstance(query, SearchRooms | ReadActs):
            self._delivery.private.send(
                connection, Question(connection, query, step.purpose)
            )
            return
        if isinstance(query, FindMessage):  # its entry is judged, not the question
            assert step.purpose is Purpose.ERASE, "nothing is sent"
            question = Question(connection, query, step.purpose)
            self._delivery.reports.questions.append(question)
            return
        room = self._state.rooms.get(query.room)
        if room is None or not self._state.may_read(session, query.room):
            why = refusals.no_such_room(query.room)
            self._delivery.private.send(connection, why.replace(about="history"))
            return
        assert not isinstance(query, FindTexts), "only the operator asks this"
        if not room.is_kept:
            event = self._direct_page(room, query)
            self._delivery.private.send(connection, event, room=room.name)
            return
        question = Question(connection, _capped(query, room.sequence), step.purpose)
        self._delivery.private.send(connection, question, room=room.name)

    def _session_of(self, connection: ConnectionId) -> SessionId:
        """Return the session of a connection, 0 if it has none."""
        found = self._connections.get(connection)
        return SessionId(0) if found is None else found.session

    def _list_users(self, connection: ConnectionId, name: RoomName) -> None:
        room = self._state.rooms.get(name)
        session = self._session_of(connection)
        if room is None or not self._state.may_read(session, name):
            why = refusals.no_such_room(name).replace(about="users")
            self._delivery.private.send(connection, why)
        else:
            state = self._state
            pages = room.user_pages(state.sessions, state.roles.of_account)
            self._delivery.private.send(connection, *pages, room=name)

    def _direct_page(self, room: Room, query: Before | After | Search) -> PrivateEvent:
        """Return the answer from the recent events of a room that is not kept."""
        messages = self._delivery.recent_messages(room.name)
        match query:
            case Before(_, sequence, limit):
                found = [each for each in messages if each.sequence < sequence]
                page = found[-limit:]
            case After(_, sequence, _, limit):
                found = [each for each in messages if each.sequence > sequence]
                page = found[:limit]
            case Search():
                return NOT_KEPT.replace(room=room.name, about="search")
            case _:
                assert_never(query)
        return HistoryPage(room.name, tuple(page), len(found) > len(page))

    def _list_rooms(self, step: AskRooms) -> None:
        """Send the public rooms, and the private ones in which the asker is."""
        session = self._session_of(step.connection)
        names = sorted(
            room.name
            for room in self._state.rooms.listable
            if room.name > step.after and (room.is_public or session in room.members)
        )
        rooms = map(self._state.rooms.__getitem__, names[: step.limit])
        listed = tuple(
            ListedRoom(
                room.name,
                room.topic,
                room.count_users(self._state.sessions),
                room.is_private,
            )
            for room in rooms
        )
        event = RoomList(listed, len(names) > step.limit)
        self._delivery.private.send(step.connection, event)

    def _finish_all(self, bye: Bye) -> None:
        self._delivery.send_to_mirror(bye)
        for connection in self._connections.values():
            connection.bye = connection.bye or bye
            self._delivery.finish_all(connection.id)


def _capped(query: Before | After | Search, last_sequence: int) -> Query:
    """Limit *query* to messages that the room has, so that none is delivered twice."""
    if isinstance(query, After):
        return query.replace(head=last_sequence)
    return query.replace(sequence=min(query.sequence, last_sequence + 1))
