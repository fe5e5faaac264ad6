"""The requests of the user, from the moment they are entered until they are answered.

A session server records a line once for each id, so a line with an id can be sent
again. A line without an id cannot: the server could not recognise the duplicate.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from parlour.core.events import LOBBY

from .acknowledgements import Acknowledgements
from .in_flight import InFlight
from .own_lines import OwnLines
from .pending_lines import PendingLines
from .queued_request import QueuedRequest, count_lines, is_same_name
from .requests import (
    Direct,
    LeaveRoom,
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
    """

    def __init__(self, pending: PendingLines | OwnLines | None = None) -> None:
        self.acknowledgements = Acknowledgements()  # of lines sent without an id
        self.pending = pending or PendingLines()  # lines that are shown as pending
        self.latest_room: str = LOBBY  # that a request named
        self.has_refused = False  # a line or a command was refused
        self.in_flight = InFlight(self.pending)
        self._waiting: deque[QueuedRequest] = deque()
        self._possibly_recorded: list[QueuedRequest] = []  # set aside
        self._size = 0  # characters of those that wait
        self._count = 0

    @property
    def has_room(self) -> bool:
        """Whether the user may enter more."""
        return self._size + self.in_flight.size < MAX_SIZE

    @property
    def next(self) -> QueuedRequest | None:
        """The request to send next."""
        return self._waiting[0] if self._waiting else None

    @property
    def unacknowledged(self) -> int:
        """The number of lines that are not known to be recorded."""
        queued = count_lines(self._waiting) + count_lines(self.in_flight)
        return queued + self.acknowledgements.missing

    @property
    def unsent_lines(self) -> int:
        """The number of lines that were never sent."""
        return count_lines(each for each in self._waiting if not each.was_sent)

    @property
    def unsent_commands(self) -> int:
        """The number of other requests that wait to be sent."""
        return len(self._waiting) - count_lines(self._waiting)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and no answer is missing."""
        is_answered = not (
            self.in_flight.has_user_requests or self.acknowledgements.missing
        )
        return is_answered and not self._waiting

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

    def sent(self, *, is_answered: bool) -> None:
        """Record that the next request was sent.

        *is_answered* means that the server will identify the request in its answer.
        """
        sent = self._waiting.popleft()
        self._size -= sent.size
        if is_answered and not isinstance(sent.request, Rename):
            self.in_flight.add(sent)
        else:
            self.pending.sent(sent.number)

    def acknowledge(self, line_id: str, *, is_stored: bool = False) -> bool:
        """Remove a line that is stored or refused; return False for an unknown id.

        An empty id stands for a line that was sent without one.
        """
        if not line_id:
            return self.acknowledgements.drop_one()
        return self.in_flight.acknowledge(line_id, is_stored=is_stored)

    def open_direct(self, room: str, other: str) -> bool:
        """Send the text of the first `Direct` to *other* in flight to *room*, next.

        The texts that wait behind it for the same user are sent there as well.

        Returns False if there is none. Names are compared without case and width, so
        that the text never goes to somebody else than the user meant.
        """
        if (each := self.in_flight.direct(other)) is None:
            return False
        self.in_flight.remove(each)
        if each.text:
            self.put_back([each._replace(request=Say(each.text, room), was_sent=False)])
        for index, waiting in enumerate(self._waiting):
            match waiting.request:
                case Direct(to, text) if text and is_same_name(to, other):
                    said = waiting._replace(request=Say(text, room))
                    self._waiting[index] = said
        return True

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
        self.put_back(self.in_flight.take_unanswered())

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
            for each in (*self.in_flight, *self._waiting)
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
        secrets: list[SecretRequest] = []
        for sent in list(self.in_flight):
            if isinstance(sent.request, SecretRequest):
                secrets.append(sent.request)
                self.in_flight.remove(sent)
        for waiting in list(self._waiting):
            if isinstance(waiting.request, SecretRequest):
                secrets.append(waiting.request)
                self._take([waiting])
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
        self.in_flight.clear()
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


def _number(queued: QueuedRequest) -> int:
    return queued.number
