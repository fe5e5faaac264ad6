"""The threaded driver's main thread, which takes turns with the hub.

The steps are those of the driver contract (`server.driver_contract`).
"""

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from parlour.core.ports import Gateway
from parlour.system.standard_streams import STANDARD_OUTPUT

from ..console import Console, ConsoleTransport
from ..event_log import (
    log_console_failure,
    log_presence_changes,
    log_room_changes,
    show,
)
from ..reloading import InvalidConfigurationError, ReloadedConfig
from ..runtime import STOPPED, Runtime
from ..signals import handle_signals
from .acceptor import Admission
from .draining_sockets import DrainingSockets
from .listening import Acceptors
from .locked_hub import LockedHub
from .poller import Poller
from .reader_threads import ReaderThreads
from .shared_state import SharedState

if TYPE_CHECKING:
    from .gateway_thread import GatewayThread


def serve(runtime: Runtime) -> None:
    """Serve until a signal stops the server and every connection is closed."""
    driver = ThreadedDriver(runtime)
    handle_signals(
        lambda number, call: signal.signal(number, lambda *_: call()), driver
    )
    # Python runs signal handlers between its own instructions. The wakeup descriptor
    # gets a byte at once, so that a signal just before the poll ends it, too.
    signal.set_wakeup_fd(driver.wake_fileno(), warn_on_full_buffer=False)
    try:
        driver.run()
    finally:
        signal.set_wakeup_fd(-1)
        driver.close()


class ThreadedDriver:
    """The driver whose main thread writes, with a reader thread per client."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._hub = runtime, runtime.hub
        self._poller = Poller()
        self._state = SharedState(runtime.hub, self._poller.wake)
        self._locked_hub = LockedHub(runtime, self._state)
        self._writer = DrainingSockets(
            self._state, self._locked_hub, self._poller, runtime.drain
        )
        readers = ReaderThreads(
            self._state, self._writer, runtime.trace, runtime.recv_size
        )
        admission = Admission(self._state, self._locked_hub, self._writer, readers)
        self._acceptors = Acceptors(
            runtime, self._state, self._writer, readers, admission
        )
        self._gateways = self._gateway_threads(runtime.gateways)
        self._main_thread = threading.current_thread()
        self._stops = 0  # how often the driver was asked to stop
        self._report_is_due = self._reload_is_due = False
        self._turn_calls: deque[Callable[[], None]] = deque()  # by the monitor

    def run(self) -> None:
        """Accept connections until asked to stop, then close all of them."""
        self._runtime.stop = self.hang_up
        self._runtime.reload_soon = self.reload_soon
        self._runtime.start(time.monotonic())
        self._main_thread = threading.current_thread()
        console = self._open_console()
        for gateway in self._gateways:
            gateway.open()
        self._acceptors.open()
        self._runtime.open_admin(self._run_with_hub)
        self._runtime.open_monitor(self._run_in_turn)
        self._runtime.announce()
        while not self._stops:
            self._take_turn()
        drain = self._runtime.drain
        self._runtime.begin_drain(time.monotonic())
        self._acceptors.close()
        for gateway in self._gateways:
            gateway.stop_accepting()
        with self._state.lock:
            self._hub.stop(STOPPED)
            self._state.wake()
        self._runtime.stop_answering()
        self._close_connections()
        for gateway in self._gateways:
            gateway.close(drain.left(time.monotonic()))
        if console is not None:
            console.close()

    def close(self) -> None:
        """Release the resources of `run`, which cannot be called again."""
        self._poller.close()

    def stop(self) -> None:
        """Close every connection gracefully; abort them all when called again.

        Any thread or signal handler may call this.
        """
        self._stops += 1
        self._poller.wake()
        if self._stops > 1:
            for gateway in self._gateways:
                gateway.abort()

    def hang_up(self) -> None:
        """Close every connection gracefully; calling this again has no effect."""
        if not self._stops:
            self.stop()

    def reload(self) -> None:
        """Reload the configuration soon.

        Any thread or signal handler may call this.
        """
        self._reload_is_due = True
        self._poller.wake()

    def reload_soon(
        self, done: Callable[[ReloadedConfig | InvalidConfigurationError | None], None]
    ) -> None:
        """Reload in the main thread, and call *done*. Any thread may call this."""
        state = self._state
        with state.lock:
            state.post(lambda: done(self._runtime.reload(state.lock)))

    def report(self) -> None:
        """Print the state of the server soon.

        Any thread or signal handler may call this.
        """
        self._report_is_due = True
        self._poller.wake()

    def wake_fileno(self) -> int:
        """Return the descriptor on which a byte wakes the main thread."""
        return self._poller.wake_end.fileno()

    def _gateway_threads(self, gateways: Sequence[Gateway]) -> "list[GatewayThread]":
        """Make a thread for each gateway. Import asyncio only if there is one."""
        if not gateways:
            return []
        from .gateway_thread import GatewayThread  # noqa: PLC0415

        return [GatewayThread(gateway, self._locked_hub) for gateway in gateways]

    # -- turns --------------------------------------------------------------------

    def _take_turn(self) -> None:
        """Wait until something is due, and take steps 3 to 10."""
        self._wait()
        runtime, hub, state = self._runtime, self._hub, self._state
        now = time.monotonic()
        with state.lock:
            state.is_woken = False
            state.tick(now)
            calls = state.take_calls()
            runtime.do_periodic_work(now)
        runtime.record(state.lock, self._run_with_hub)
        runtime.report_operated(state.lock)
        runtime.ask_history(state.lock, self._run_with_hub)
        runtime.check_passwords(state.lock, self._run_with_hub)
        for call in calls:
            call()
        with state.lock:
            flushed, committed = runtime.flush(now)
            writes = [
                (
                    data,
                    connections,
                    [state.transports[connection] for connection in connections],
                )
                for data, connections, _ in flushed
            ]
            ended = [(state.transports[each.connection], each) for each in hub.ended()]
            presence_changes = hub.presence_changes()
            room_changes = hub.room_changes()
            state.apply_reading_changes()
        log_presence_changes(presence_changes)
        log_room_changes(room_changes)
        for data, connections, transports in writes:
            for transport in transports:
                transport.write(data)
            if runtime.trace is not None:
                for connection in connections:
                    runtime.trace.sent(connection, data)
        if committed is not None:
            runtime.tell(committed)
        for transport, end in ended:
            runtime.log_ended(end, transport.address)
            transport.close_with(end)
        self._writer.abort_late(now)
        while self._turn_calls:
            with state.lock:
                self._turn_calls.popleft()()
        if self._report_is_due:
            self._report(now)
        if self._reload_is_due:
            self._reload_is_due = False
            runtime.reload(state.lock)

    def _wait(self) -> None:
        """Wait for another thread, a socket or a deadline, and serve ready sockets."""
        now = time.monotonic()
        with self._state.lock:
            due = now if self._state.is_woken else self._runtime.next_turn(now)
        check = self._runtime.drain.next_check if self._stops else None
        deadlines = due, self._writer.deadline, check
        times = [each for each in deadlines if each is not None]
        for ready in self._poller.wait(min(times) - now if times else None):
            ready()

    def _run_with_hub(self, call: Callable[[], None]) -> None:
        """Call *call* with the lock held. The recorder may call this in any thread."""
        with self._state.lock:
            call()
            if threading.current_thread() is not self._main_thread:
                self._state.wake()

    def _run_in_turn(self, call: Callable[[], None]) -> None:
        """Call *call* in the next turn. Any thread may call this; it never waits."""
        self._turn_calls.append(call)
        self._poller.wake()

    def _close_connections(self) -> None:
        """Take turns until every connection is closed; abort those that stall."""
        drain = self._runtime.drain
        while True:
            self._take_turn()
            with self._state.lock:
                is_empty = not len(self._hub)
                transports = list(self._state.transports.values())
            if is_empty and self._writer.is_idle:
                return
            is_hurried = self._stops > 1
            stalled = drain.stalled(transports, time.monotonic())
            for transport in transports if is_hurried else stalled:
                transport.abort()

    # -- the process --------------------------------------------------------------

    def _report(self, now: float) -> None:
        self._report_is_due = False
        with self._state.lock:
            report = self._runtime.report(now)
        show(report)

    def _open_console(self) -> Console | None:
        """Show the chat on the server's own terminal, if that is enabled."""
        if self._runtime.console is None:
            return None
        connection = self._hub.watch(self._runtime.console)
        resumed = partial(self._locked_hub.resumed, connection)

        def drained() -> None:
            """Report that the console has drained. Its thread calls this."""
            log_console_failure(console.failure)
            resumed()

        console = Console(STANDARD_OUTPUT, drained)
        self._state.transports[connection] = ConsoleTransport(
            console, partial(self._locked_hub.paused, connection), resumed
        )
        return console
