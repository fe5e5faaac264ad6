"""The ends of connections: the client leaves, or connects again."""

from collections.abc import Callable

from .exit_status import ExitStatus, not_acknowledged
from .protocol.connection import Connection
from .protocol.display_items import Disconnected
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import MAX_AGE
from .protocol.reconnect import Reconnect
from .shutdown import NO_CHAT, Shutdown, State
from .unconfirmed_lines import UnconfirmedLines


class Outages:
    """What follows when a connection ends, fails, or is there again.

    The client *reconnects*, or it leaves. *jitter* returns numbers from 0 to 1, which
    spread the attempts.
    """

    def __init__(
        self,
        connection: Connection,
        unconfirmed: UnconfirmedLines,
        display: DisplayQueue,
        status: ExitStatus,
        shutdown: Shutdown,
        *,
        reconnects: bool,
        jitter: Callable[[], float],
    ) -> None:
        self.attempts = Reconnect(jitter)
        self._connection, self._unconfirmed = connection, unconfirmed
        self._display, self._status = display, status
        self._shutdown, self._reconnects = shutdown, reconnects

    @property
    def is_offline(self) -> bool:
        """Whether there is no connection, and the client will reconnect."""
        return self.attempts.is_offline

    def disconnected(self, now: float) -> None:
        """Record that the connection ended, whether it was closed or lost."""
        if self._shutdown.state is State.CLOSED or self.attempts.is_offline:
            return
        if self._connection.is_within_line:
            self._display.note("The connection ended in the middle of a line")
        if self._shutdown.state is State.CLOSING:
            self._shutdown.end()
        elif self._connection.ended(now) and not self._shutdown.forbids_reconnect:
            self._go_offline(now)
            self.attempts.retry_now(now)
        elif self._may_reconnect:
            self._report()
            self._go_offline(now)
        else:
            self._end(now)

    def connected(self, now: float, *, is_secure: bool) -> None:
        """Record a new connection, with a new socket."""
        self.attempts.connected(now)
        self._shutdown.timer.begin(now)
        self._unconfirmed.take_stale(now)
        self._connection.begin(now, is_secure=is_secure)

    def connect_failed(self, reason: str, now: float, *, is_final: bool) -> None:
        """Record that an attempt to connect has failed, and why.

        It *is_final* if another one would be of no use.
        """
        if is_final:
            self._status.report_untrusted(reason)
            self._end(now)
            return
        if self._reconnects:
            self._report()
            self._connection.connect_failed()
            self._unconfirmed.take_possibly_recorded()
            self.attempts.failed(now)
            return
        self._display.note(reason)
        self._end(now)

    def retry_now(self, now: float) -> None:
        """Let the next attempt be made at once."""
        self.attempts.retry_now(now)
        self.attempts.tick(now)

    def tick(self, now: float) -> None:
        """Process the time of the next attempt, while there is no connection."""
        is_too_old = now > self.attempts.lost_at + MAX_AGE
        if self._shutdown.state is State.FINISHING and is_too_old:
            self._shutdown.abandon()
        else:
            self.attempts.tick(now)

    def _end(self, now: float) -> None:
        """End, since the server has closed the connection, or is not there."""
        self._display.show(Disconnected())
        if self._shutdown.is_no_chat(now):
            self._display.note(NO_CHAT)
        self._shutdown.abandon()

    @property
    def _may_reconnect(self) -> bool:
        is_wanted = self._reconnects and not self._shutdown.forbids_reconnect
        return is_wanted and not self._connection.forbids_reconnect

    def _report(self) -> None:
        if self._display.outage.begin(self._connection.received_at):
            bye = self._connection.bye
            is_announced = bye is not None and bye.code == "server_stopping"
            self._display.show(Disconnected(is_last=False, is_announced=is_announced))

    def _go_offline(self, now: float) -> None:
        if lost := self._connection.go_offline():
            self._status.report_loss(not_acknowledged(lost))
        bye = self._connection.bye
        self.attempts.lost(now, bye.retry_after if bye is not None else 0.0)
