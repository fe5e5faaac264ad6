"""The dialect of a connection, and the requests to send again if hello fails.

The client sends hello and does not wait for the answer: until the dialect is known, it
sends requests that both dialects understand. A server that supports hello answers with
a welcome. One that does not sends something else, or nothing, or closes the connection.
"""

from enum import Enum, auto
from math import inf
from typing import Final

from .notices import rejects_for_good
from .queued_request import QueuedRequest
from .requests import Question

HELLO_FAILURE_WINDOW: Final = 2.0  # seconds in which an end may be caused by hello
WELCOME_TIMEOUT: Final = 4.5  # seconds of silence until a server counts as plain
PLAIN_TIMEOUT: Final = 1.0  # seconds; the same, once it has sent a plain line
ROOMS_TIMEOUT: Final = 10.0  # seconds; the same, if only a session server will do
SESSION_TIMEOUT: Final = 30.0  # seconds without a line after one of the session dialect
RESUME_TIMEOUT: Final = 20.0  # seconds of silence until a known server is lost
RESUME_PLAIN_TIMEOUT: Final = 5.0  # seconds; PLAIN_TIMEOUT for a known server
MAX_UNANSWERED: Final = 3  # connections without a welcome; it is a plain one then
FIRST_LINE_FACTOR: Final = (
    3.0  # the welcome may take this many times as long as the first line
)
MAX_PROVISIONAL: Final = 1_000  # requests sent before the server has sent anything


class Phase(Enum):
    """The state of the negotiation on one connection."""

    PLAIN = auto()  # no hello was sent
    NEGOTIATING = auto()  # hello was sent; requests follow in the plain dialect
    RESUMING = auto()  # hello was sent to a known server; requests wait
    ASSUMED_PLAIN = auto()  # no welcome in time; one is still accepted
    SIGN_IN = auto()  # hello was refused: a login or a name may follow, and a welcome
    SESSION = auto()  # a welcome was received

    @property
    def is_session_dialect(self) -> bool:
        """Whether the server has answered in the session dialect."""
        return self in (Phase.SIGN_IN, Phase.SESSION)


_WELCOMED: Final = {
    Phase.NEGOTIATING: Phase.SESSION,
    Phase.RESUMING: Phase.SESSION,
    Phase.ASSUMED_PLAIN: Phase.SESSION,
    Phase.SIGN_IN: Phase.SESSION,
}
"""The next phase after a welcome."""

_REFUSED: Final = {
    Phase.NEGOTIATING: Phase.SIGN_IN,
    Phase.RESUMING: Phase.SIGN_IN,
    Phase.ASSUMED_PLAIN: Phase.SIGN_IN,
}
"""The next phase after an error about the sign-in of hello."""

_NOT_WELCOMED: Final = {
    Phase.PLAIN: Phase.PLAIN,
    Phase.NEGOTIATING: Phase.ASSUMED_PLAIN,
    Phase.RESUMING: Phase.ASSUMED_PLAIN,
    Phase.ASSUMED_PLAIN: Phase.ASSUMED_PLAIN,
}
"""The next phase after a timeout, or a line that refuses or ignores hello."""

UNDECIDED: Final = {Phase.NEGOTIATING, Phase.RESUMING}
"""The phases in which the dialect is not known yet."""


class Negotiation:
    """The negotiation of one connection, and the result of the one before.

    A server is known once it has sent a welcome: it supports hello, and should send a
    welcome again. If it sends plain lines instead, or ends the connection after hello,
    hello may be lost on a connection that is dead in one direction, or a plain server
    is in its place. So the connection counts as lost, and only `MAX_UNANSWERED` of them
    in succession make it a plain one.
    """

    def __init__(self, *, uses_hello: bool) -> None:
        self._uses_hello = uses_hello
        self.is_known = False
        """Whether the server has ever answered hello in the session dialect."""
        self._unanswered = 0  # connections of a known server since its last answer
        self._last_rejection = ""  # the reason of the last rejected connection
        self._skips_hello = False  # the server closed the last connection after hello
        self._resend: list[QueuedRequest] = []  # sent then, and to be sent again

    def begin(self, now: float, *, needs_session: bool = False) -> None:
        """Start on a new connection; :attr:`phase` says whether to send hello.

        A client that *needs_session* cannot use a plain server, and waits longer.
        """
        self.phase, self._needs_session = self._first_phase(), needs_session
        self._session_line_at: float | None = None  # when the last one was received
        self.is_unanswered = False
        """Whether the server counts as plain only because it sent no welcome."""
        self._began_at, self._lines = now, 0
        self._first_line_at: float | None = None  # when it was received
        self._is_rejected = False
        self._provisional: list[QueuedRequest] = []  # sent before anything was received
        self._questions: list[QueuedRequest] = []  # sent before a welcome
        self._resend.clear()

    def _first_phase(self) -> Phase:
        if not self._uses_hello or self._skips_hello:
            return Phase.PLAIN
        return Phase.RESUMING if self.is_known else Phase.NEGOTIATING

    @property
    def accepts_welcome(self) -> bool:
        """Whether the next line may be a welcome.

        The server may be slow, or hello may be late because of a tunnel.
        """
        return self.phase in _WELCOMED

    @property
    def is_rejected_for_good(self) -> bool:
        """Whether the server rejects the connection, and would do so again."""
        return self._is_rejected and rejects_for_good(self._last_rejection)

    @property
    def is_silent(self) -> bool:
        """Whether no plain line was received."""
        return not self._lines

    @property
    def has_room(self) -> bool:
        """Whether more may be sent before the server has sent anything."""
        return len(self._provisional) < MAX_PROVISIONAL

    @property
    def timeout_at(self) -> float:
        """The time at which a server without a welcome counts as plain or lost.

        A known server that has sent nothing counts as lost. Through a tunnel, the first
        plain line takes as long as hello, and the welcome about as long again.
        """
        if self.phase not in UNDECIDED:
            return self._began_at + PLAIN_TIMEOUT
        if self._session_line_at is not None:
            return self._session_line_at + SESSION_TIMEOUT
        silence, least = WELCOME_TIMEOUT, PLAIN_TIMEOUT
        if self.phase is Phase.RESUMING:
            silence, least = RESUME_TIMEOUT, RESUME_PLAIN_TIMEOUT
        elif self._needs_session:
            silence, least = ROOMS_TIMEOUT, WELCOME_TIMEOUT
        if self._first_line_at is None:
            return self._began_at + silence
        first_line = self._first_line_at - self._began_at
        return self._began_at + max(least, FIRST_LINE_FACTOR * first_line)

    def deadline(self, *, is_reconnected: bool) -> float:
        """Return when the client has to do something about the server.

        If it *is_reconnected*, it reports that in the end also to a plain server.
        """
        is_waiting = self.phase in UNDECIDED or is_reconnected
        room_at = inf if self.has_room else self.hello_failure_ends_at
        return min(self.timeout_at if is_waiting else inf, room_at)

    @property
    def awaits_session(self) -> bool:
        """Whether only a welcome is of use: the server knows hello, or has to."""
        is_session = self._session_line_at is not None or self._needs_session
        return self.phase in UNDECIDED and (is_session or self.is_known)

    def time_out(self) -> bool:
        """Record that `timeout_at` is over; return whether the server is lost.

        One that has sent anything in the session dialect does not become a plain one,
        and a known one only after several connections.
        """
        if self._session_line_at is not None and self.phase in UNDECIDED:
            return True
        if self.phase is Phase.RESUMING and (self.is_silent or self._count_as_lost()):
            return True
        self.is_unanswered = True
        return False

    def _count_as_lost(self) -> bool:
        """Count a connection with plain lines; return whether it counts as lost."""
        self._unanswered += 1
        return self._unanswered < MAX_UNANSWERED

    @property
    def hello_failure_ends_at(self) -> float:
        """The time from which hello cannot be the cause of a disconnect."""
        return self._began_at + HELLO_FAILURE_WINDOW

    def update(self, now: float) -> None:
        """Drop the requests to send again once hello cannot cause a disconnect."""
        if now >= self.hello_failure_ends_at:
            self._provisional.clear()

    def sent(self, request: QueuedRequest) -> None:
        """Record a request sent to a server that may not support hello."""
        if self._lines <= 1:
            self._provisional.append(request)
        is_question = isinstance(request.request, Question)
        if is_question and len(self._questions) < MAX_PROVISIONAL:
            self._questions.append(request)

    def welcomed(self) -> list[QueuedRequest]:
        """Record the welcome, and return the questions that are still answered."""
        self.phase, self._last_rejection = _WELCOMED[self.phase], ""
        self.is_known, self._unanswered = True, 0
        self._provisional.clear()
        questions, self._questions = self._questions, []
        return questions

    def sign_in_refused(self) -> None:
        """Record an error about the sign-in of hello: the server supports hello."""
        self.phase = _REFUSED[self.phase]
        self.is_known, self._unanswered = True, 0
        self._provisional.clear()

    def session_line_received(self, now: float) -> None:
        """Record a ping before the welcome: the server knows hello, and is busy."""
        self._session_line_at, self._unanswered = now, 0

    def plain_line_received(self, now: float) -> None:
        """Record a plain line. The first may be the notice that the client joined."""
        self._lines += 1
        if self._first_line_at is None:
            self._first_line_at = now
        if self._lines > 1:
            self._provisional.clear()

    def rejected(self, reason: str) -> bool:
        """Record that the server rejects the connection, so hello is not the cause.

        Returns False if the *reason* is the same as the last time.
        """
        is_new = reason != self._last_rejection
        self._is_rejected, self._last_rejection = True, reason
        return is_new

    def assume_plain(self) -> bool:
        """Treat the server as plain; return False if the client does so already."""
        was_undecided = self.phase in UNDECIDED
        self.phase = _NOT_WELCOMED[self.phase]
        return was_undecided

    def connection_lost(self, now: float) -> list[QueuedRequest] | None:
        """Return the requests to send again without hello, if hello was the cause.

        Returns None for any other cause. If the next connection ends as early without
        hello, hello was not the cause. A known server is suspected only if it has sent
        a plain line, as no tunnel does, and gets hello again after the next connection.
        """
        is_early = now < self.hello_failure_ends_at and self._lines <= 1
        is_early = is_early and not self._is_rejected
        if self.is_known:
            self._skips_hello = (
                self.phase is Phase.RESUMING
                and is_early
                and not self.is_silent
                and not self._count_as_lost()
            )
            return [] if self._skips_hello else None
        if not self._uses_hello or not is_early:
            return None
        self._skips_hello = not self._skips_hello
        if not self._skips_hello:
            return None
        self._resend = self._provisional
        return self._resend

    def connect_failed(self) -> list[QueuedRequest]:
        """Record that the server is down, so hello was not the cause of the last end.

        Returns the requests sent on that connection, which may be recorded.
        """
        sent, self._resend = self._resend, []
        if self.phase is not Phase.SESSION:
            self._skips_hello = False
        return sent
