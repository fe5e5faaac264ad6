"""Output for the connections of a gateway, from the main thread to the gateway's loop.

The main thread never waits for the loop. It posts calls to a *mailbox*, and wakes the
loop once for all calls that are in it.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from parlour.core.events import ConnectionId
from parlour.core.ports import Transport
from parlour.core.sessions.closing import Ended

from ..event_log import log_limited
from ..rejected_connections import REJECTED

HIGH_WATER: Final = 64 << 10  # unsent bytes; with more, a connection counts as full


class Mailbox:
    """A queue of calls to make in a loop. Any thread may post one.

    *call_soon* has the loop call a function soon; it raises RuntimeError once the loop
    is closed.
    """

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self._lock = threading.Lock()  # guards the rest
        self._calls: list[Callable[[], None]] = []

    def post(self, call: Callable[[], None]) -> None:
        """Have the loop call *call*, after all calls that were posted before."""
        with self._lock:
            self._calls.append(call)
            is_first = len(self._calls) == 1
        if is_first:
            with suppress(RuntimeError):  # the loop is closed, and its connections too
                self._call_soon(self._make_calls)

    def _make_calls(self) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:
            try:
                call()
            except Exception as exc:  # noqa: BLE001 -- logged; the rest is for other connections
                log_limited(logging.ERROR, "door.failed", exc)


class GatewayTransport:
    """The main thread's transport for a connection of a gateway.

    Bytes that are handed over count as unsent until the gateway's own transport has
    them and is not full. When too many are unsent, *paused* is called with the number
    of them; when none are, *resumed*.
    """

    unacknowledged = 0  # the loop knows

    def __init__(
        self,
        transport: Transport,
        mailbox: Mailbox,
        paused: Callable[[ConnectionId, int], None],
        resumed: Callable[[ConnectionId], None],
    ) -> None:
        self.address, self.connection = "", REJECTED  # until it is admitted
        self._transport, self._mailbox = transport, mailbox
        self._paused, self._resumed = paused, resumed
        self._lock = threading.Lock()  # guards `_unsent` and `_is_full`
        self._unsent = 0
        self._is_full = False
        self._handed_over = 0  # bytes, to a transport that may be full; in the loop
        self._is_blocked = False  # the gateway's transport is full; in the loop

    # -- in the main thread -----------------------------------------------------

    @property
    def unsent(self) -> int:
        """Bytes that were handed over and not sent."""
        return self._unsent

    def write(self, data: bytes) -> None:
        """Hand *data* over to the loop."""
        with self._lock:
            self._unsent += len(data)
            self._is_full = self._is_full or self._unsent > HIGH_WATER
            unsent = self._unsent if self._is_full else 0
        self._mailbox.post(partial(self._write, data))
        if unsent:
            self._paused(self.connection, unsent)
            with self._lock:
                has_drained = not self._is_full  # meanwhile
            if has_drained:
                self._resumed(self.connection)

    def set_reading(self, *, on: bool) -> None:
        """Have the gateway start or stop reading. Any thread may call this."""
        self._mailbox.post(partial(self._transport.set_reading, on=on))

    def close_with(self, ended: Ended) -> None:
        """Have the gateway close or abort the connection, as *ended* says."""
        self._mailbox.post(partial(self._transport.close_with, ended))

    def abort(self) -> None:
        """Have the gateway close the connection at once."""
        self._mailbox.post(self._transport.abort)

    # -- in the loop of the gateway ---------------------------------------------

    def block(self) -> None:
        """Record that the gateway's transport is full."""
        self._is_blocked = True

    def unblock(self) -> None:
        """Record that the gateway's transport has drained."""
        self._is_blocked = False
        self._count_as_sent()

    def _write(self, data: bytes) -> None:
        self._transport.write(data)
        self._handed_over += len(data)
        self._count_as_sent()

    def _count_as_sent(self) -> None:
        """Count all bytes handed over as sent, unless the transport is full."""
        if self._is_blocked:
            return
        with self._lock:
            self._unsent -= self._handed_over
            self._handed_over = 0
            has_drained = self._is_full and not self._unsent
            self._is_full = self._is_full and not has_drained
        if has_drained:
            self._resumed(self.connection)
