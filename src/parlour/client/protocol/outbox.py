"""The requests of the user, from the moment they are entered until they are answered.

A session server records a line once for each id, so a line with an id can be sent
again. A line without an id cannot: the server could not recognise the duplicate.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from parlour.core.events import LOBBY

from .acknowledgements import Acknowledgements
from .own_lines import OwnLines
from .pending_lines import PendingLines
from .queued_request import QueuedRequest, count_lines, is_same_name
from .requests import (
    Direct,
    LeaveRoom,
    Question,
    Rename,
    Request,
    Say,
    SecretRequest,
    room_of,
)
from .rooms import folded

MAX_SIZE: Final = 1 << 20  # characters; with more, no input is accepted
MAX_AGE: Final = 300.0  # seconds; older lines are sent only after a confirmation


class Outbox:
    """Requests in the order of entry.

    A *waiting* request has not been sent on this connection. One *in flight* was sent
    to a session server and is not answered yet.

    It has more than 300 lines, since all of them keep the same collections consistent.
    """

    def __init__(self, pending: PendingLines | OwnLines | None = None) -> None:
        self.acknowledgements = Acknowledgements()  # of lines sent without an id
        self.pending = pending or PendingLines()  # lines that are shown as pending
        self.latest_room: str = LOBBY  # that a request named
        self.has_refused = False  # a line or a command was refused
        self._waiting: deque[QueuedRequest] = deque()
        self._in_flight: dict[int, QueuedRequest] = {}  # by number
        self._deferred: set[int] = set()  # of them, refused until reconnected
        self._possibly_recorded: list[QueuedRequest] = []  # set aside
        self._size = self._count = self._asked = 0

    @property
    def has_room(self) -> bool:
        """Whether the user may enter more."""
        return self._size < MAX_SIZE

    @property
    def next(self) -> QueuedRequest | None:
        """The request to send next."""
        return self._waiting[0] if self._waiting else None

    @property
    def unacknowledged(self) -> int:
        """The number of lines that are not known to be recorded."""
        queued = count_lines(self._waiting) + count_lines(self._in_flight.values())
        return queued + self.acknowledgements.missing

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and no answer is missing."""
        is_answered = not (self.is_awaiting_answer or self.acknowledgements.missing)
        return is_answered and not self._waiting

    @property
    def is_awaiting_answer(self) -> bool:
        """Whether a request of the user is in flight."""
        return any(not each.is_automatic for each in self._in_flight.values())

    def add(
        self,
        request: Request,
        now: float,
        *,
        is_pending: bool = False,
        is_first: bool = False,
    ) -> None:
        """Add a request that was entered *now*; a line may be shown as pending.

        One that *is_first* is sent ahead of those that wait.
        """
        self._count += 1
        entered = QueuedRequest(request, self._count, now)
        if is_pending and entered.text:
            self.pending.add(entered)
        if not isinstance(request, LeaveRoom):
            self.latest_room = room_of(request) or self.latest_room
        if is_first:
            self._waiting.appendleft(entered)
        else:
            self._waiting.append(entered)
        self._size += entered.size

    def ask(self, question: Question, now: float) -> None:
        """Add a question of the client itself, which is sent ahead of all requests.

        It is not asked again on another connection.
        """
        self._asked += 1  # the numbers of requests are ids of lines
        asked = QueuedRequest(question, -self._asked, now, is_automatic=True)
        self._in_flight[asked.number] = asked
        self._size += asked.size

    def sent(self, *, is_answered: bool) -> None:
        """Record that the next request was sent.

        *is_answered* means that the server will identify the request in its answer.
        """
        sent = self._waiting.popleft()
        if is_answered and not isinstance(sent.request, Rename):
            self._in_flight[sent.number] = sent
        else:
            self._size -= sent.size
            self.pending.sent(sent.number)

    def expect_answers(self, questions: Iterable[QueuedRequest]) -> None:
        """Add *questions*, sent before all other requests, to those in flight."""
        asked = {question.number: question for question in questions}
        self._size += sum(question.size for question in asked.values())
        self._in_flight = asked | self._in_flight

    def acknowledge(self, line_id: str, *, is_stored: bool = False) -> bool:
        """Remove a line that is stored or refused; return False for an unknown id.

        An empty id stands for a line that was sent without one.
        """
        if not line_id:
            return self.acknowledgements.drop_one()
        if (line := self.line(line_id)) is None:
            return False
        if is_stored:
            self.pending.stored(line.number)
        else:
            self.pending.refused(line.number)
        self._remove(line)
        return True

    def line(self, line_id: str) -> QueuedRequest | None:
        """Return the line in flight with this id."""
        number = int(line_id) if line_id.isdecimal() and len(line_id) < 20 else 0
        found = self._in_flight.get(number)
        return found if found is not None and found.id else None

    def defer(self, line_id: str) -> bool:
        """Keep a line that was not recorded, to send it on the next connection.

        Returns False for an unknown id.
        """
        if (line := self.line(line_id)) is None:
            return False
        self._deferred.add(line.number)
        return True

    def take(
        self, *kinds: type[Request], room: str | None = None
    ) -> QueuedRequest | None:
        """Remove and return the first request in flight of these *kinds*.

        If *room* is given, it is the first one about this room, or about none if it is
        empty.
        """
        for each in self._in_flight.values():
            is_about = room is None or folded(room_of(each.request)) == folded(room)
            if isinstance(each.request, kinds) and is_about:
                self._remove(each)
                return each
        return None

    def take_numbered(self, number: str) -> QueuedRequest | None:
        """Remove and return the request in flight with this number."""
        for each in self._in_flight.values():
            if f"{each.number}" == number:
                self._remove(each)
                return each
        return None

    def open_direct(self, room: str, other: str) -> bool:
        """Send the text of the first `Direct` to *other* in flight to *room*, next.

        The texts that wait behind it for the same user are sent there as well.

        Returns False if there is none. Names are compared without case and width, so
        that the text never goes to somebody else than the user meant.
        """
        if (each := self._direct_in_flight(other)) is None:
            return False
        del self._in_flight[each.number]
        self._size -= each.size
        if each.text:
            self.put_back([each._replace(request=Say(each.text, room), was_sent=False)])
        for index, waiting in enumerate(self._waiting):
            match waiting.request:
                case Direct(to, text) if text and is_same_name(to, other):
                    said = waiting._replace(request=Say(text, room))
                    self._waiting[index] = said
        return True

    def take_direct(self, other: str) -> QueuedRequest | None:
        """Remove and return the first `Direct` to *other* in flight."""
        if (found := self._direct_in_flight(other)) is not None:
            self._remove(found)
        return found

    def _direct_in_flight(self, other: str) -> QueuedRequest | None:
        for each in self._in_flight.values():
            request = each.request
            if isinstance(request, Direct) and is_same_name(request.to, other):
                return each
        return None

    def is_waiting_for(self, kind: type[Request], room: str) -> bool:
        """Whether a request of this *kind* about *room* is in flight."""
        return any(
            isinstance(each.request, kind) and room_of(each.request) == room
            for each in self._in_flight.values()
        )

    def rooms_to_leave(self) -> set[str]:
        """Return the rooms about which the first waiting request is to leave them."""
        first: dict[str, Request] = {}
        for each in self._waiting:
            first.setdefault(folded(room_of(each.request)), each.request)
        return {
            room for room, request in first.items() if isinstance(request, LeaveRoom)
        }

    def refuse_next(self) -> QueuedRequest:
        """Remove and return the next request, which this server cannot carry out."""
        refused = self._waiting.popleft()
        self._size -= refused.size
        self.pending.forget(refused.number)
        self.has_refused = True
        return refused

    def connection_lost(self) -> None:
        """Return all requests in flight to the queue, in the order of entry."""
        for each in [each for each in self._in_flight.values() if each.is_automatic]:
            self._remove(each)
        queued = sorted([*self._in_flight.values(), *self._waiting], key=_number)
        unanswered = self._in_flight.keys() - self._deferred
        self._waiting = deque(
            each._replace(was_sent=each.was_sent or each.number in unanswered)
            for each in queued
        )
        self._in_flight.clear()
        self._deferred.clear()

    def put_back(self, requests: Iterable[QueuedRequest]) -> None:
        """Return taken or sent *requests* to the queue, in the order of entry."""
        back = list(requests)
        self._size += sum(each.size for each in back)
        self._waiting = deque(sorted([*back, *self._waiting], key=_number))

    def take_stale(self, *, entered_by: float) -> list[QueuedRequest]:
        """Remove and return waiting requests entered at or before *entered_by*."""
        return self._take(
            [each for each in self._waiting if each.entered_at <= entered_by]
        )

    def has_lines(self, room: str) -> bool:
        """Return whether a line for *room* is waiting or in flight."""
        return any(
            isinstance(each.request, Say) and each.request.room == room
            for each in (*self._in_flight.values(), *self._waiting)
        )

    def take_lines(self, room: str) -> list[QueuedRequest]:
        """Remove and return the waiting lines for *room*, which are not sent."""
        lines = [
            each
            for each in self._waiting
            if isinstance(each.request, Say) and each.request.room == room
        ]
        self.has_refused |= bool(lines)
        return self._take(lines)

    def take_secrets(self) -> list[SecretRequest]:
        """Remove and return the requests that contain a secret, sent or not."""
        queued = [*self._in_flight.values(), *self._waiting]
        secrets = []
        for each in queued:
            if isinstance(each.request, SecretRequest):
                secrets.append(each.request)
                is_sent = each.number in self._in_flight
                self._remove(each) if is_sent else self._take([each])
        return secrets

    def set_aside_sent_lines(self) -> None:
        """Set aside the waiting lines that were sent on an earlier connection.

        They may be recorded, and a plain server would record a duplicate.
        """
        sent = [each for each in self._waiting if each.was_sent and each.id]
        self._possibly_recorded += self._take(sent)

    def set_aside(self, requests: Iterable[QueuedRequest]) -> None:
        """Set aside the waiting lines among *requests*: they may be recorded."""
        numbers = {each.number for each in requests}
        lines = [each for each in self._waiting if each.number in numbers and each.id]
        self._possibly_recorded += self._take(lines)

    def take_possibly_recorded(self) -> list[QueuedRequest]:
        """Remove and return the lines that were set aside."""
        lines, self._possibly_recorded = self._possibly_recorded, []
        return lines

    def clear(self) -> None:
        """Drop everything: nothing more is sent, and no answer is awaited."""
        self.acknowledgements.clear()
        self._waiting.clear()
        self._in_flight.clear()
        self._size = 0

    def _take(self, requests: list[QueuedRequest]) -> list[QueuedRequest]:
        numbers = {each.number for each in requests}
        for number in numbers:
            self.pending.forget(number)
        if numbers:
            self._waiting = deque(
                each for each in self._waiting if each.number not in numbers
            )
            self._size -= sum(each.size for each in requests)
        return requests

    def _remove(self, answered: QueuedRequest) -> None:
        del self._in_flight[answered.number]
        self.pending.forget(answered.number)
        self._deferred.discard(answered.number)
        self._size -= answered.size


def _number(queued: QueuedRequest) -> int:
    return queued.number
