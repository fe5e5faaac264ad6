"""The hub, recorder, listeners and gateways that both drivers serve."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from socket import socket
from typing import Final, Protocol, runtime_checkable

from parlour.core.events import Refused, SessionId
from parlour.core.hub import Hub
from parlour.core.ports import Gateway, Transport
from parlour.core.protocol.dialect import Dialect
from parlour.core.sessions.closing import Ended
from parlour.core.storage import Draft, Outcome, Page, Query, SessionQuery, StorageError
from parlour.history.query_queue import PendingQuery
from parlour.journal.recorder import Recorder

from .event_log import log_closed, log_limited
from .status_report import state_report
from .trace import Trace

LOST_END: Final = (
    "a client's cursor is past the last message: the end of the history may be lost"
)
STOPPED: Final = "the server is shutting down"
UNLOGGED: Final = frozenset({"busy", "search_timeout", "search_too_long", "stopping"})
"""Codes of refused queries that do not indicate a failure of the history."""

RunWithHub = Callable[[Callable[[], None]], None]
"""Calls a function that uses the hub, now or soon. Any thread may call this."""


@dataclass(slots=True)
class Runtime:
    """A chat to be served on *listeners*, which already listen."""

    hub: Hub
    recorder: Recorder
    listeners: list[socket]
    recv_size: int
    announce: Callable[[], None]
    """The driver calls it once it accepts connections."""
    console: Dialect | None = None
    """The format of the chat on the server's own terminal, if it is shown there."""
    gateways: Sequence[Gateway] = ()
    """Connections that do not come from the listeners, such as those of the page."""
    trace: Trace | None = None
    stop: Callable[[], None] = lambda: None
    """Stops the driver; the driver sets it."""
    failure: StorageError | None = None
    """The error after which the journal records nothing more, so the server stops."""
    started: float = 0.0
    """When the driver started, in seconds of its clock; the driver sets it."""

    def record(self, lock: AbstractContextManager[object], run: RunWithHub) -> None:
        """Append the pending drafts to the journal (step 3), and report the outcome.

        This uses the hub inside *lock*, or in functions that it passes to *run*. The
        journal may report at once, or later and from another thread.
        """
        with lock:
            drafts = self.hub.drafts()
        if drafts:
            self.recorder.record(
                drafts,
                time.time(),
                lambda outcome: run(partial(self._report_outcome, drafts, outcome)),
            )

    def run_queries(
        self, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        """Read the history for pending queries (step 4), by the rules of `record`."""
        with lock:
            queries, ahead = self.hub.queries(), self.hub.cursors_ahead()
            networks = [self.hub.network(each.session) for each in queries]
        for cursor in ahead:
            log_limited(
                logging.WARNING,
                "history.behind",
                read=cursor.sequence,
                kept=self.hub.room.last_sequence,
                reason=LOST_END,
            )
        for query, network in zip(queries, networks, strict=True):
            self._read_history(query, network, run)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Read the history for a gateway. Only the main thread may call this."""
        self.recorder.query(
            PendingQuery(query, lambda page: done(_answer(page)), is_wanted)
        )

    def log_ended(self, ended: Ended, address: str) -> None:
        """Log that a session ended, and trace the last bytes that are sent to it."""
        log_closed(ended, address)
        if self.trace is not None and ended.last and not ended.abort:
            self.trace.sent(ended.session, ended.last)

    def report(self, now: float) -> str:
        """Return a report of the server's state."""
        return state_report(self.hub, now - self.started)

    def _read_history(self, query: SessionQuery, network: str, run: RunWithHub) -> None:
        self.recorder.query(
            PendingQuery(
                query.query,
                lambda page: run(partial(self._report_page, query, page)),
                lambda: self.hub.is_awaited(query),
                network,
            )
        )

    def _report_page(self, query: SessionQuery, page: Page | StorageError) -> None:
        self.hub.answered(query, _answer(page))

    def _report_outcome(
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


@runtime_checkable
class _Socket(Protocol):
    """A transport that a driver reads itself."""

    @property
    def has_unread_input(self) -> bool: ...


def process_timers(
    hub: Hub, transports: Mapping[SessionId, Transport], now: float
) -> None:
    """Process expired timers (step 8)."""
    due = hub.deadline(now)
    if due is None or due > now:
        return
    for session in hub.lagging:
        hub.paused(session, transports[session].unsent, now)
    for session in hub.silent_arrivals(now):
        transport = transports[session]
        if isinstance(transport, _Socket) and transport.has_unread_input:
            hub.postpone_admission(session, now)
    hub.tick(now)


def _answer(page: Page | StorageError) -> Page | Refused:
    """Return *page*, or the refusal that reports its error. Log failures to read."""
    if isinstance(page, StorageError):
        code, reason = page.code, page.reason
        if code not in UNLOGGED:
            log_limited(logging.ERROR, "history.unread", code=code, reason=reason)
        return Refused(code, reason)
    return page
