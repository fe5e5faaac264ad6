"""The hub, recorder, listeners and gateways that both drivers serve."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from socket import socket
from typing import TYPE_CHECKING, Final

from parlour.core.checks import Check, Checked
from parlour.core.delivery.shared_cursors import Write
from parlour.core.entries import Batch
from parlour.core.events import ConnectionId, Refused
from parlour.core.gauges import read_gauges
from parlour.core.hub import Hub
from parlour.core.ports import Gateway, Peer
from parlour.core.protocol.dialect import Dialect
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query, Question, StorageError
from parlour.history.query_queue import PendingQuery
from parlour.journal.recorder import Recorder

from .addresses import format_address, is_secure, limited_network, quota_of
from .batch_times import BatchTimes, Stored
from .drain import Drain
from .event_log import log_closed, log_limited
from .passwords import PasswordQueue, PendingCheck, local_requester, password_queue
from .proxy_protocol.listening import Proxies
from .recording import Recording
from .reloading import InvalidConfigurationError, ReloadedConfig, Reloader
from .status_report import state_report
from .systemd.notification import Notifier
from .tls.listening import TLS
from .trace import Trace

if TYPE_CHECKING:
    from .admin_socket.service import AdminService
    from .monitoring.monitor import Monitor

LOST_END: Final = (
    "a client's cursor is past the last message: the end of the history may be lost"
)
STOPPED: Final = "the server is shutting down"
UNLOGGED: Final = frozenset({"busy", "search_timeout", "search_too_long", "stopping"})
"""Codes of refused queries that do not indicate a failure of the history."""

ReloadSoon = Callable[
    [Callable[[ReloadedConfig | InvalidConfigurationError | None], None]], None
]

RunWithHub = Callable[[Callable[[], None]], None]
"""Calls a function that uses the hub, now or soon. Any thread may call this."""


@dataclass(slots=True)
class Runtime:
    """A chat to be served on *listeners*, which already listen.

    Without them, it is served with TLS only.
    """

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
    tls: TLS | None = None
    """The listeners for TLS, if there are any."""
    proxies: Proxies | None = None
    """The proxies that send headers, if there are any."""
    trace: Trace | None = None
    recording: Recording = field(default_factory=Recording)
    """The batch that is being recorded, for a driver that waits for it."""
    batch_times: BatchTimes | None = None
    """Measures batches, if there is a monitor."""
    passwords: PasswordQueue = field(default_factory=password_queue)
    drain: Drain = field(default_factory=Drain)
    """The shutdown, once the driver stops."""
    notifier: Notifier = field(default_factory=Notifier)
    """Tells systemd what the server is doing."""
    admin: "AdminService | None" = None
    """Requests of the operator, if there is a socket for them."""
    monitor: "Monitor | None" = None
    """Answers questions about the server's health, if there is a port for them."""
    reloader: Reloader | None = None
    """Reloads the configuration, if there is something to read again."""
    stop: Callable[[], None] = lambda: None
    """Stops the driver, from any thread; the driver sets it."""
    reload_soon: ReloadSoon = lambda _: None
    """Reloads in the main thread, and calls a function there; the driver sets it."""
    run_with_hub: RunWithHub = lambda call: call()
    """The driver sets it."""
    failure: StorageError | None = None
    """The error after which the journal records nothing more, so the server stops."""
    started: float = 0.0
    """When the driver started, in seconds of its clock."""
    clock: Callable[[], float] = time.monotonic
    """The driver's clock, if the driver sets another one."""
    wall: Callable[[], float] = time.time
    """The wall clock, for the times of batches, in seconds since 1970."""

    def start(self, now: float) -> None:
        """Note that the driver starts at the time *now* of its clock (step 1)."""
        self.started = now
        if self.tls is not None:
            self.tls.start(now)
        self.hub.start(now, self.wall())

    def connect(
        self, peer: Peer, now: float, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Admit or reject a connection of *peer* (step 1)."""
        quota = quota_of(peer)
        return self.hub.connect(
            format_address(peer.address),
            now,
            exempt=not quota,
            is_secure=self.accepts_passwords(peer),
            network=limited_network(peer),
            quota=quota,
            kind=kind,
        )

    def accepts_passwords(self, peer: Peer) -> bool:
        """Return whether passwords are accepted from *peer*. Any thread may call it."""
        return is_secure(peer)

    def record(self, lock: AbstractContextManager[object], run: RunWithHub) -> None:
        """Append the next batch to the journal (step 3), and report the outcome.

        This uses the hub inside *lock*, or in functions that it passes to *run*. The
        journal may report at once, or later and from another thread.
        """
        hub, times = self.hub, self.batch_times
        with lock:
            batch = hub.proposals(self.wall())
            if times is not None:
                times.note(hub.proposed)
            if batch is None:
                return
            if times is not None:
                times.form(batch, hub.proposed - hub.unsettled)
        end = self.recording.begin()

        def report(error: StorageError | None) -> None:
            stored = 0.0 if times is None else times.timer()
            run(partial(self._report_outcome, batch, stored, error))
            end()

        self.recorder.record(batch, report)

    def flush(self, now: float) -> tuple[list[Write], Stored | None]:
        """Return the writes of this turn (step 5), and what to `tell` after them."""
        writes = self.hub.flush(now)
        if self.batch_times is None or self.hub.delivery.is_urgent:
            return writes, None
        return writes, self.batch_times.take_committed()

    def tell(self, committed: Stored) -> None:
        """Note that the writes that deliver a batch are written (step 5)."""
        if self.batch_times is not None:
            self.batch_times.tell(committed)

    def ask_history(
        self, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        """Read the history for pending questions (step 4), by the rules of `record`."""
        with lock:
            questions, ahead = self.hub.questions(), self.hub.cursors_ahead()
            if not questions and not ahead:
                return
            networks = [self.hub.network(each.connection) for each in questions]
        for room, cursor, last in ahead:
            log_limited(
                logging.WARNING,
                "history.behind",
                room=room,
                read=cursor.sequence,
                kept=last,
                reason=LOST_END,
            )
        for question, network in zip(questions, networks, strict=True):
            self._read_history(question, network, run)

    def check_passwords(
        self, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        """Check passwords of pending checks (step 4), by the rules of `record`."""
        with lock:
            checks = self.hub.checks()
            if not checks:
                return
            networks = [self.hub.network(each.connection) for each in checks]
        for check, network in zip(checks, networks, strict=True):
            self._check_password(check, network or local_requester(check), run)

    def open_admin(self, run: RunWithHub) -> None:
        """Accept requests of the operator, by the rules of `record`."""
        self.run_with_hub = run
        if self.admin is not None:
            self.admin.open(run)

    def open_monitor(self, run_in_turn: RunWithHub) -> None:
        """Report that the server is ready. *run_in_turn* never waits for the turn."""
        if self.monitor is not None:
            self.batch_times = times = BatchTimes()
            self.monitor.open(self, times, run_in_turn)

    def report_operated(self, lock: AbstractContextManager[object]) -> None:
        """Report what became of the operator's entries (step 3), inside *lock*."""
        if self.admin is not None and self.admin.is_waiting:
            with lock:
                self.admin.settle()

    def do_periodic_work(self, now: float) -> None:
        """Tell systemd that the server is alive, and log that a certificate expires.

        Each is done when it is due; `next_turn` includes when that is.
        """
        if self.tls is not None and now >= self.tls.check_at:
            self.tls.check_expiry(now, self.wall())
        if now >= self.notifier.due:
            users, rooms = self.hub.capacity.users, self.hub.state.rooms
            self.notifier.tick(now, (users, rooms.open_count))

    def next_turn(self, now: float) -> float | None:
        """Return when to take the next turn at the latest. The caller owns the hub."""
        due, other = self.hub.deadline(now), self.notifier.due
        if self.tls is not None:
            other = min(other, self.tls.check_at)
        if due is None:
            return other if isfinite(other) else None
        return min(due, other)

    def begin_drain(self, now: float) -> None:
        """Note that the shutdown begins, and tell systemd."""
        self.drain.begin(now)
        self.notifier.stopping(self.drain.timeout)

    def stop_answering(self) -> None:
        """Cancel searches, and refuse waiting checks and requests: the server stops."""
        if self.monitor is not None:
            self.monitor.drain()
        if self.admin is not None:
            self.admin.stop_accepting()
        self.recorder.cancel_searches()
        self.passwords.close()

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

    def read(self, query: Query, done: Callable[[Page | Refused], None]) -> None:
        """Read the history for the operator, by the rules of `query`."""
        self.query(query, done, lambda: True)

    def log_ended(self, ended: Ended, address: str) -> None:
        """Log that a connection ended, and trace the last bytes that are sent to it."""
        if not ended.was_reported:
            log_closed(ended, address)
        if self.trace is not None and ended.last:
            self.trace.sent(ended.connection, ended.last)

    def reload(
        self, lock: AbstractContextManager[object]
    ) -> ReloadedConfig | InvalidConfigurationError | None:
        """Reload the configuration, and use the hub inside *lock* for that."""
        if self.reloader is None:
            return None
        self.notifier.reloading()
        found = self.reloader.reload(lock)
        self.notifier.ready()
        return found

    def report(self, now: float) -> str:
        """Return a report of the server's state."""
        gauges = read_gauges(self.hub, now)
        return state_report(gauges, self.hub.state.rooms, now - self.started)

    def _read_history(self, question: Question, network: str, run: RunWithHub) -> None:
        self.recorder.query(
            PendingQuery(
                question.query,
                lambda page: run(partial(self._report_page, question, page)),
                lambda: self.hub.is_awaited(question),
                network,
            )
        )

    def _report_page(self, question: Question, page: Page | StorageError) -> None:
        self.hub.answered(question, _answer(page))

    def _check_password(self, check: Check, requester: str, run: RunWithHub) -> None:
        self.passwords.add(
            PendingCheck(
                check,
                lambda result: run(partial(self._report_check, check, result)),
                lambda: self.hub.is_check_awaited(check),
                requester,
            )
        )

    def _report_check(self, check: Check, result: Checked | Refused) -> None:
        if isinstance(result, Refused) and result.code != "stopping":
            log_limited(logging.WARNING, "passwords.refused", code=result.code)
        self.hub.checked(check, result)

    def _report_outcome(
        self, batch: Batch, stored: float, error: StorageError | None
    ) -> None:
        if error is None:
            self.hub.committed(batch, self.clock())
            if stored and self.batch_times is not None:
                self.batch_times.commit(batch, stored)
            return
        log_limited(
            logging.ERROR, "history.refused", code=error.code, reason=error.reason
        )
        if not error.is_outcome_unknown:
            self.hub.rejected(batch, Refused(error.code, error.reason))
            return
        self.hub.rejected(batch, Refused("outcome_unknown", error.reason))
        if self.failure is None:
            self.failure = error
            self.stop()


def _answer(page: Page | StorageError) -> Page | Refused:
    """Return *page*, or the refusal that reports its error. Log failures to read."""
    if isinstance(page, StorageError):
        code, reason = page.code, page.reason
        if code not in UNLOGGED:
            log_limited(logging.ERROR, "history.unread", code=code, reason=reason)
        return Refused(code, reason)
    return page
