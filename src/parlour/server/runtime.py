"""What a driver is given, and what both drivers say in the same words."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from socket import socket
from typing import Final

from parlour.core.events import Refused
from parlour.core.hub import Hub
from parlour.core.ports import Gateway
from parlour.core.protocol.dialect import Dialect
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.presence import PresenceChange, PresenceKind
from parlour.core.storage import Draft, Outcome, Page, Query, SessionQuery, StorageError
from parlour.history.query_queue import PendingQuery as HistoryQuestion
from parlour.journal.recorder import Recorder

from .event_log import Fact, log, log_facts, log_limited
from .status_report import page
from .trace import Trace

LOST_END: Final = (
    "a client says it has read further: the end of the history may be lost"
)
STOPPED: Final = "the server is shutting down"
UNLOGGED: Final = frozenset({"busy", "search_timeout", "search_too_long", "stopping"})
"""Why a question may have no answer although the history is well."""

RunWithHub = Callable[[Callable[[], None]], None]
"""Calls a function that uses the hub, now or soon. Any thread may call."""


@dataclass(slots=True)
class Runtime:
    """A chat that is to be served on *listeners*, which listen already."""

    hub: Hub
    recorder: Recorder
    listeners: list[socket]
    recv_size: int
    announce: Callable[[], None]
    """To be called once connections are accepted."""
    console: Dialect | None = None
    """How the chat looks on the server's own terminal, if it is shown."""
    gateways: Sequence[Gateway] = ()
    """Other ways in than the listeners, such as the page."""
    trace: Trace | None = None
    stop: Callable[[], None] = lambda: None
    """Ends the driver in order; the driver sets it."""
    failure: StorageError | None = None
    """Why the history keeps nothing any more, and the server had to end."""
    started: float = 0.0

    def record(self, lock: AbstractContextManager[object], run: RunWithHub) -> None:
        """Give the pending drafts to the history (step 3), and the room its outcome.

        The hub is used inside *lock*, or by what is given to *run*. The history may
        answer at once, or later and from another thread.
        """
        with lock:
            drafts = self.hub.drafts()
        if drafts:
            self.recorder.record(
                drafts,
                time.time(),
                lambda outcome: run(partial(self._settle, drafts, outcome)),
            )

    def answer(self, lock: AbstractContextManager[object], run: RunWithHub) -> None:
        """Ask the history what members want to know (step 4), in the same way."""
        with lock:
            questions, ahead = self.hub.queries(), self.hub.cursors_ahead()
            networks = [self.hub.network(each.session) for each in questions]
        for cursor in ahead:
            log_limited(
                logging.WARNING,
                "history.behind",
                read=cursor.sequence,
                kept=self.hub.room.last_sequence,
                reason=LOST_END,
            )
        for question, network in zip(questions, networks, strict=True):
            self._ask(question, network, run)

    def _ask(self, question: SessionQuery, network: str, run: RunWithHub) -> None:
        self.recorder.query(
            HistoryQuestion(
                question.query,
                lambda page: run(partial(self._answer, question, page)),
                lambda: self.hub.is_awaited(question),
                network,
            )
        )

    def _settle(
        self, drafts: list[Draft], outcome: list[Outcome] | StorageError
    ) -> None:
        if not isinstance(outcome, StorageError):
            self.hub.recorded(outcome)
            return
        log_limited(
            logging.ERROR, "history.refused", code=outcome.code, reason=outcome.reason
        )
        if not outcome.is_outcome_unknown:
            self.hub.refused(drafts, Refused(outcome.code, outcome.reason))
            return
        self.hub.refused(drafts, Refused("outcome_unknown", outcome.reason))
        if self.failure is None:
            self.failure = outcome
            self.stop()

    def _answer(self, question: SessionQuery, page: Page | StorageError) -> None:
        self.hub.answered(question, _read(page))

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Ask the history what a side door wants to know. Called by the hub's owner."""
        self.recorder.query(
            HistoryQuestion(query, lambda page: done(_read(page)), is_wanted)
        )

    def note_end(self, ended: Ended, address: str) -> None:
        """Log that a session is over, and trace what it is told last."""
        log_closed(ended, address)
        if self.trace is not None and ended.last and not ended.abort:
            self.trace.told(ended.session, ended.last)

    def report(self, now: float) -> str:
        """Return a page of state."""
        return page(self.hub, now - self.started)


def _read(page: Page | StorageError) -> Page | Refused:
    """Return what the history answered, or why it did not; log it if that is wrong."""
    if isinstance(page, StorageError):
        code, reason = page.code, page.reason
        if code not in UNLOGGED:
            log_limited(logging.ERROR, "history.unread", code=code, reason=reason)
        return Refused(code, reason)
    return page


def log_accept_failure(exc: BaseException | None) -> None:
    """Log that a connection could not be accepted."""
    log_limited(logging.ERROR, "accept.failed", reason=str(exc))


def log_turned(address: str, code: str) -> None:
    """Log that a connection was not let in."""
    log_limited(logging.WARNING, "connection.turned", address=address, code=code)


def log_opened(session: int, address: str) -> None:
    """Log that a session began."""
    log(logging.DEBUG, "session.opened", session=session, address=address)


def log_console_failure(failure: OSError | None) -> None:
    """Log why the chat is not shown any more on the server's own terminal."""
    if failure is not None:
        log(logging.WARNING, "console.failed", reason=failure.strerror)


def log_presences(presences: list[PresenceChange]) -> None:
    """Log who has come, gone or got another name. Never what anybody said.

    A session may choose another name at will: that is logged rarely.
    """
    for change, session, name, address, before in presences:
        facts: dict[str, Fact] = {"session": session, "name": name or None}
        facts["address"] = address
        if before is not None:
            facts["before"] = before
        of = session if change is PresenceKind.RENAMED else None
        log_facts(logging.INFO, f"session.{change.value}", facts, of=of)


def log_closed(ended: Ended, address: str) -> None:
    """Log that a session is over."""
    log(
        logging.INFO,
        "session.closed",
        session=ended.session,
        address=address,
        code=ended.code,
        reason=ended.reason,
    )
