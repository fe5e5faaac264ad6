"""The requests that were sent to a session server, until it answers them."""

from collections.abc import Iterable, Iterator

from .own_lines import OwnLines
from .pending_lines import PendingLines
from .queued_request import QueuedRequest, count_lines, is_same_name
from .requests import AnyQuestion, Direct, Question, Request, room_of
from .rooms import folded


class InFlight:
    """The requests on one connection, in the order of sending.

    An answered line is no longer one of the *pending* lines.
    """

    def __init__(self, pending: PendingLines | OwnLines) -> None:
        self._pending = pending
        self._requests: dict[int, QueuedRequest] = {}  # by number
        self._deferred: set[int] = set()  # of them, refused until reconnected
        self._asked = 0
        self.size = 0  # characters

    def __iter__(self) -> Iterator[QueuedRequest]:
        return iter(self._requests.values())

    @property
    def has_user_requests(self) -> bool:
        """Whether the user awaits an answer."""
        return any(not each.is_automatic for each in self)

    @property
    def commands(self) -> int:
        """The number of requests that change something, apart from lines."""
        return sum(
            not isinstance(each.request, AnyQuestion) and not count_lines([each])
            for each in self
        )

    def add(self, sent: QueuedRequest) -> None:
        """Add a request, which the server will identify in its answer."""
        self._requests[sent.number] = sent
        self.size += sent.size

    def ask(self, question: Question, now: float) -> None:
        """Add a question of the client itself, which is sent ahead of all requests.

        It is not asked again on another connection.
        """
        self._asked += 1  # the numbers of requests are ids of lines
        asked = QueuedRequest(question, -self._asked, now, is_automatic=True)
        self.add(asked)

    def expect(self, questions: Iterable[QueuedRequest]) -> None:
        """Add *questions* that were sent before all other requests."""
        asked = {question.number: question for question in questions}
        self.size += sum(question.size for question in asked.values())
        self._requests = asked | self._requests

    def line(self, line_id: str) -> QueuedRequest | None:
        """Return the line with this id."""
        number = int(line_id) if line_id.isdecimal() and len(line_id) < 20 else 0
        found = self._requests.get(number)
        return found if found is not None and found.id else None

    def acknowledge(self, line_id: str, *, is_stored: bool) -> bool:
        """Remove a line that is stored or refused; return False for an unknown id."""
        if (line := self.line(line_id)) is None:
            return False
        if is_stored:
            self._pending.stored(line.number)
        else:
            self._pending.refused(line.number)
        self._answered(line)
        return True

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
        """Remove and return the first request of these *kinds*.

        If *room* is given, it is the first one about this room, or about none if it is
        empty.
        """
        for each in self:
            is_about = room is None or folded(room_of(each.request)) == folded(room)
            if isinstance(each.request, kinds) and is_about:
                self._answered(each)
                return each
        return None

    def take_numbered(self, number: str) -> QueuedRequest | None:
        """Remove and return the request with this number."""
        for each in self:
            if f"{each.number}" == number:
                self._answered(each)
                return each
        return None

    def take_direct(self, other: str) -> QueuedRequest | None:
        """Remove and return the first `Direct` to *other*."""
        if (found := self.direct(other)) is not None:
            self._answered(found)
        return found

    def direct(self, other: str) -> QueuedRequest | None:
        """Return the first `Direct` to *other*."""
        for each in self:
            request = each.request
            if isinstance(request, Direct) and is_same_name(request.to, other):
                return each
        return None

    def has(self, kind: type[Request], room: str) -> bool:
        """Return whether a request of this *kind* about *room* is in flight."""
        return any(
            isinstance(each.request, kind) and room_of(each.request) == room
            for each in self
        )

    def remove(self, request: QueuedRequest) -> None:
        """Remove a request that continues elsewhere."""
        del self._requests[request.number]
        self._deferred.discard(request.number)
        self.size -= request.size

    def take_unanswered(self) -> list[QueuedRequest]:
        """Remove all requests, and return those of the user, to be sent again."""
        unanswered = [
            each._replace(was_sent=each.was_sent or each.number not in self._deferred)
            for each in self
            if not each.is_automatic
        ]
        self.clear()
        return unanswered

    def clear(self) -> None:
        """Await no answer any more."""
        self._requests.clear()
        self._deferred.clear()
        self.size = 0

    def _answered(self, request: QueuedRequest) -> None:
        self.remove(request)
        self._pending.forget(request.number)
