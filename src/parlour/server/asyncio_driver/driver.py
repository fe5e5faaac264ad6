"""The asyncio driver: one event loop, which takes turns with the hub.

Everything here runs in the loop's thread, unless a docstring says otherwise. The steps
are those of the driver contract (`server.driver_contract`).
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Final

from parlour.core.events import ConnectionId, Refused
from parlour.core.ports import Peer, Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query
from parlour.system.standard_streams import STANDARD_OUTPUT

from ..addresses import format_address
from ..console import Console, ConsoleTransport
from ..event_log import (
    log_accept_failure,
    log_closed,
    log_console_failure,
    log_opened,
    log_presence_changes,
    log_rejected,
    log_room_changes,
    show,
)
from ..event_loops import log_failure, new_event_loop
from ..expired_timers import process_timers
from ..hub_queries import HubQueries, T
from ..rejected_connections import RejectedConnections
from ..reloading import InvalidConfigurationError, ReloadedConfig
from ..runtime import STOPPED, Runtime
from ..signals import handle_signals
from .acceptor import Acceptor
from .transports import GuardedTransport, SocketTransport

CLOCK_TICK: Final = 0.001  # seconds of uvloop's clock: a shorter timer would busy-wait

NO_LOCK: Final = nullcontext()  # only the loop's thread uses the hub


def serve(runtime: Runtime) -> None:
    """Serve until a signal stops the server and every connection is closed."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(runtime))


async def _serve(runtime: Runtime) -> None:
    loop = asyncio.get_running_loop()
    driver = AsyncioDriver(runtime, loop)
    handle_signals(loop.add_signal_handler, driver)
    await driver.run()


class AsyncioDriver(HubQueries):
    """The driver whose event loop owns the hub. It is the `Server` of its gateways."""

    def __init__(self, runtime: Runtime, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(runtime)
        self._hub, self._loop = runtime.hub, loop
        self._transports: dict[ConnectionId, Transport] = {}
        self._rejected = RejectedConnections()
        self._buffer = memoryview(bytearray(runtime.recv_size))
        self._thread_id = 0  # of the loop, once it runs
        self._acceptor = Acceptor(runtime, loop, self._new_transport)
        self._turn_is_scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0
        self._stopped = asyncio.Event()
        self._is_closing = False
        self._empty = asyncio.Event()

    async def run(self) -> None:
        """Accept connections until asked to stop, then close all of them."""
        runtime, loop = self._runtime, self._loop
        runtime.clock, runtime.reload_soon = loop.time, self.reload_soon
        runtime.stop = lambda: self._run_in_loop(self.hang_up)
        runtime.start(loop.time())
        self._thread_id = threading.get_ident()
        loop.set_exception_handler(self._log_failure)
        console = self._open_console()
        await self._acceptor.open()
        for gateway in runtime.gateways:
            await gateway.open(self)
        runtime.open_admin(self._run_in_loop)
        runtime.open_monitor(self._run_in_loop)
        runtime.announce()
        self.schedule_turn()
        await self._stopped.wait()
        await self._drain()
        if console is not None:
            console.close()

    async def _drain(self) -> None:
        """Accept no more connections, and close those that there are."""
        runtime, loop = self._runtime, self._loop
        drain, gateways = runtime.drain, runtime.gateways
        runtime.begin_drain(loop.time())
        self._acceptor.close()
        for gateway in gateways:
            gateway.stop_accepting()
        self._hub.stop(STOPPED)
        runtime.stop_answering()
        self._is_closing = True
        self.schedule_turn()
        while not self._empty.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout_at(drain.next_check):
                    await self._empty.wait()
            for transport in drain.stalled(self._transports.values(), loop.time()):
                transport.abort()
        timer = loop.call_later(drain.left(loop.time()), self._abort_all)
        for gateway in gateways:
            await gateway.close()
        timer.cancel()

    def stop(self) -> None:
        """Close every connection gracefully; abort them all when called again."""
        if self._stopped.is_set():
            self._abort_all()
        self._stopped.set()

    def hang_up(self) -> None:
        """Close every connection gracefully; calling this again has no effect."""
        if not self._stopped.is_set():
            self.stop()

    def reload(self) -> None:
        """Reload the configuration."""
        self._runtime.reload(NO_LOCK)
        self.schedule_turn()

    def reload_soon(
        self, done: Callable[[ReloadedConfig | InvalidConfigurationError | None], None]
    ) -> None:
        """Reload the configuration, and call *done*. Any thread may call this."""
        self._run_in_loop(lambda: done(self._runtime.reload(NO_LOCK)))

    def report(self) -> None:
        """Print the state of the server."""
        report = self._runtime.report(self._loop.time())
        show(report)

    # -- the server port, called by transports and gateways -----------------------

    def connect(
        self, transport: Transport, peer: Peer, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Admit or reject a connection (step 1)."""
        self._runtime.recording.wait()
        address = format_address(peer.address)
        connection = self._runtime.connect(peer, self._loop.time(), kind)
        if isinstance(connection, Rejected):
            log_rejected(address, connection.code)
        else:
            transport.address = address
            if kind is not ConnectionKind.SOCKET:
                transport = GuardedTransport(transport)
            self._transports[connection] = transport
            log_opened(connection, address)
            self.schedule_turn()
        return connection

    def receive(self, connection: ConnectionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        if self._runtime.trace is not None:
            self._runtime.trace.received(connection, data)
        self._hub.receive(connection, data, self._loop.time())
        self.schedule_turn()

    def paused(self, connection: ConnectionId, unsent: int) -> None:
        """Record that a transport is full (step 6)."""
        self._hub.paused(connection, unsent, self._loop.time())
        self.schedule_turn()

    def resumed(self, connection: ConnectionId) -> None:
        """Record that a transport has drained (step 6)."""
        self._hub.resumed(connection, self._loop.time())
        self.schedule_turn()

    def disconnect(self, connection: ConnectionId) -> None:
        """Remove a connection that is closed (step 10)."""
        lost = self._hub.disconnect(connection, self._loop.time())
        transport = self._transports.pop(connection)
        if lost is not None:
            log_closed(lost, transport.address)
        if self._runtime.trace is not None:
            self._runtime.trace.end(connection)
        self.schedule_turn()

    def ask(self, read: Callable[[], T], done: Callable[[T], None]) -> None:
        """Call *read* in the loop, and *done* with what it returns."""
        self._run_in_loop(lambda: done(read()))

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with the result of *query*. Any thread may call this."""
        self._run_in_loop(lambda: self._runtime.query(query, done, is_wanted))

    # -- turns --------------------------------------------------------------------

    def schedule_turn(self) -> None:
        """Schedule a turn, after the sockets that are readable now have been read."""
        if not self._turn_is_scheduled:
            self._turn_is_scheduled = True
            self._loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        """Take steps 3 to 9."""
        self._turn_is_scheduled = False
        runtime, hub, now = self._runtime, self._hub, self._loop.time()
        transports = self._transports
        process_timers(hub, transports, now)
        runtime.do_periodic_work(now)
        runtime.record(NO_LOCK, self._run_in_loop)
        runtime.report_operated(NO_LOCK)
        runtime.ask_history(NO_LOCK, self._run_in_loop)
        runtime.check_passwords(NO_LOCK, self._run_in_loop)
        writes, committed = runtime.flush(now)
        for data, connections, _ in writes:
            for connection in connections:
                transports[connection].write(data)
            if runtime.trace is not None:
                for connection in connections:
                    runtime.trace.sent(connection, data)
        if committed is not None:
            runtime.tell(committed)
        log_presence_changes(hub.presence_changes())
        log_room_changes(hub.room_changes())
        for ended in hub.ended():
            runtime.log_ended(ended, transports[ended.connection].address)
            transports[ended.connection].close_with(ended)
        for connection, on in hub.reading_changes().items():
            transports[connection].set_reading(on=on)
        self._set_timer(now)
        if self._is_closing and not len(hub):
            self._empty.set()

    def _run_in_loop(self, call: Callable[[], None]) -> None:
        """Call *call* in the loop's thread: now if this is that thread, else soon."""
        if threading.get_ident() == self._thread_id:
            call()
        else:
            with suppress(RuntimeError):  # the loop is closed, and so is the server
                self._loop.call_soon_threadsafe(self._call_and_schedule_turn, call)

    def _call_and_schedule_turn(self, call: Callable[[], None]) -> None:
        call()
        self.schedule_turn()

    def _set_timer(self, now: float) -> None:
        """Schedule a turn at the next deadline. An earlier turn is harmless."""
        due = self._runtime.next_turn(now)
        if due is None:
            return
        if due <= now:
            self.schedule_turn()
        elif self._timer is None or due < self._timer_due:
            if self._timer is not None:
                self._timer.cancel()
            delay = max(due - now, CLOCK_TICK)
            self._timer = self._loop.call_later(delay, self._timer_expired)
            self._timer_due = due

    def _timer_expired(self) -> None:
        self._timer = None
        self.schedule_turn()

    # -- the process --------------------------------------------------------------

    def _new_transport(self, source: Peer | None = None) -> SocketTransport:
        drain = self._runtime.drain
        return SocketTransport(
            self, self._rejected, self._buffer, self._loop, drain, source
        )

    def _abort_all(self) -> None:
        for transport in self._transports.values():
            transport.abort()
        for gateway in self._runtime.gateways:
            gateway.abort()

    def _open_console(self) -> Console | None:
        """Show the chat on the server's own terminal, if that is enabled."""
        if self._runtime.console is None:
            return None
        connection = self._hub.watch(self._runtime.console)

        def drained() -> None:
            """Report that the console has drained. Its thread calls this."""
            log_console_failure(console.failure)
            with suppress(RuntimeError):  # the loop is closed, and so is the server
                self._loop.call_soon_threadsafe(self.resumed, connection)

        console = Console(STANDARD_OUTPUT, drained)
        self._transports[connection] = ConsoleTransport(
            console, partial(self.paused, connection), partial(self.resumed, connection)
        )
        return console

    def _log_failure(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, object]
    ) -> None:
        exc = context.get("exception")
        if isinstance(exc, OSError) and "accept" in str(context.get("message")):
            log_accept_failure(exc)
        else:
            log_failure(loop, context)
