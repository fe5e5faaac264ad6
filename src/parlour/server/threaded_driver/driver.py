"""The threaded driver: a thread per client that reads, and one that writes for all.

A writing thread per client convoys on the interpreter's lock, so the main thread
writes for everybody: it never blocks in a send, and polls only those sockets that
did not take all. What each kind of thread does is kept together here, under a line
that names it, since which thread may touch what is the whole difficulty.

Sockets have no Python timeouts: with one, a send that must not wait would wait.
"""

import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from parlour.core.events import Bye
from parlour.core.ports import Gateway
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.system.standard_streams import STANDARD_OUTPUT

from ..console import Console
from ..event_log import show
from ..runtime import (
    STOPPED,
    Runtime,
    log_accept_failure,
    log_closed,
    log_console_failure,
    log_opened,
    log_presences,
    log_turned,
)
from ..signals import handle_signals
from ..sockets import (
    DRAIN,
    LINGER,
    MAX_TURNED,
    is_exempt,
    limited_network,
    name_of,
    set_up,
)
from .acceptor import Acceptor
from .gateway_transport import GatewayServer, Mailbox
from .poller import Poller
from .shared_state import AnyTransport, SharedState
from .transports import NOBODY, ConsoleTransport, SocketTransport

if TYPE_CHECKING:
    from .gateway_thread import GatewayThread

DROP_SIZE: Final = 65_536  # bytes read at once of what is dropped
NO_THREADS: Final = Bye("server_full", "the server is full; try again later")


def serve(service: Runtime) -> None:
    """Serve until a signal says to stop, and then until everybody is gone."""
    server = ThreadedDriver(service)
    handle_signals(lambda number, act: signal.signal(number, lambda *_: act()), server)
    # Python runs a handler between two of its steps. One that comes just before the
    # poll would wait for its end, were it not for the byte that this sends at once.
    signal.set_wakeup_fd(server.wake_fileno(), warn_on_full_buffer=False)
    try:
        server.run()
    finally:
        signal.set_wakeup_fd(-1)
        server.close()


class ThreadedDriver:
    """Carry bytes between blocking sockets and a hub.

    `_turn` guards the hub, and what is named below it here.
    """

    def __init__(self, service: Runtime) -> None:
        self._service, self._recv_size = service, service.recv_size
        self._poller = Poller()
        self._hub = service.hub
        self._turn = SharedState(service.hub, self._poller.wake)
        self._turned: list[SocketTransport] = []  # not let in, not yet told so
        self._away = 0  # turned away, and not gone yet
        self._done: list[SocketTransport] = []  # their threads have ended
        self._main = threading.current_thread()
        # The rest belongs to the main thread alone.
        self._parting: dict[SocketTransport, None] = {}
        self._broken: list[
            SocketTransport
        ] = []  # found in a write, after their end was read
        self._stops = 0  # how often it was asked
        self._reports = 0
        self._side_doors = self._prepare(service.gateways)

    def run(self) -> None:
        """Accept connections until asked to stop, then part with everybody."""
        self._service.started, self._service.stop = time.monotonic(), self.stop
        self._main = threading.current_thread()
        console = self._open_console()
        doors = [
            Acceptor(listener, self._take_in, self._log_failure)
            for listener in self._service.listeners
        ]
        for side_door in self._side_doors:
            side_door.open()
        for door in doors:
            door.open()
        self._service.announce()
        while not self._stops:
            self._take_turn()
        for door in doors:
            door.close()
        for side_door in self._side_doors:
            side_door.stop_accepting()
        with self._turn:
            self._hub.stop(STOPPED)
            self._turn.wake()
        self._service.recorder.cancel_searches()
        self._part_with_all()
        for side_door in self._side_doors:
            side_door.close()
        if console is not None:
            console.close()

    def close(self) -> None:
        """Give back what `run` needed. It cannot be run again."""
        self._poller.close()

    def stop(self) -> None:
        """Part with everybody; asked twice, at once. Any thread, or a signal."""
        self._stops += 1
        self._poller.wake()
        if self._stops > 1:
            for side_door in self._side_doors:
                side_door.abort()

    def hang_up(self) -> None:
        if not self._stops:
            self.stop()

    def report(self) -> None:
        """Print a page of state soon. Any thread, or a signal."""
        self._reports += 1
        self._poller.wake()

    def wake_fileno(self) -> int:
        """Return the descriptor on which a byte wakes the main thread."""
        return self._poller.wake_end.fileno()

    def _prepare(self, doors: Sequence[Gateway]) -> "list[GatewayThread]":
        """Make a thread for each side door. Without any, no loop is imported."""
        if not doors:
            return []
        from .gateway_thread import GatewayThread  # noqa: PLC0415

        return [GatewayThread(door, self._hall_of) for door in doors]

    def _hall_of(self, mailbox: Mailbox) -> GatewayServer:
        return GatewayServer(self._turn, self._service.trace, mailbox)

    # -- in the thread of a door ----------------------------------------------

    def _take_in(self, sock: socket.socket, peer: tuple[str, int]) -> None:
        """Take in a connection (step 1) and start the thread that handles it."""
        set_up(sock)
        address, exempt = name_of(peer), is_exempt(peer[0])
        network = limited_network(peer[0])
        with self._turn:
            now = time.monotonic()
            session = self._hub.connect(address, now, exempt=exempt, network=network)
            if isinstance(session, Rejected):
                self._turn_away(sock, address, session)
                return
            carrier = self._turn.transports[session] = SocketTransport(
                sock, address, session
            )
            self._turn.wake()
        log_opened(session, address)
        thread = threading.Thread(
            target=self._read, args=(carrier,), name=address, daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads
            with self._turn:
                del self._turn.transports[session]
                self._hub.disconnect(session, time.monotonic())
                self._turn_away(sock, address, self._hub.reject(NO_THREADS))

    def _turn_away(self, sock: socket.socket, address: str, why: Rejected) -> None:
        log_turned(address, why.code)
        carrier = SocketTransport(sock, address, NOBODY)
        carrier.unsent = memoryview(why.last)
        carrier.peer_is_done = self._away >= MAX_TURNED  # then close at once
        self._away += 1
        self._turned.append(carrier)
        self._turn.wake()

    def _log_failure(self, exc: OSError) -> None:
        log_accept_failure(exc)

    # -- in the thread of a client ----------------------------------------------

    def _read(self, carrier: SocketTransport) -> None:
        """Read from one client for as long as it lasts (step 2)."""
        session, trace = carrier.session, self._service.trace
        carrier.await_first()
        data = b"-"
        while data:
            carrier.reads.wait()
            data = carrier.read(self._recv_size)
            if trace is not None:
                trace.said(session, data)
            with self._turn:
                carrier.is_read = False
                if not carrier.is_over and not carrier.is_broken:
                    self._hub.receive(session, data, time.monotonic())
                    self._turn.apply_reading_changes()
                    self._turn.wake()
        with self._turn:
            self._done.append(carrier)
            self._turn.wake()

    def _act(self, do: Callable[[], None]) -> None:
        """Do something to the hub, in whatever thread the history answers."""
        with self._turn:
            do()
            if threading.current_thread() is not self._main:
                self._turn.wake()

    # -- in the main thread -------------------------------------------------------

    def _take_turn(self) -> None:
        """Wait until something is due, and take steps 3 to 10."""
        self._wait()
        service, hub, turn = self._service, self._hub, self._turn
        now = time.monotonic()
        with turn:
            turn.is_woken = False
            turn.tick(now)
            asked, turn.asked = turn.asked, []
            done, self._done = self._done, []
            turned, self._turned = self._turned, []
        service.record(turn, self._act)
        service.answer(turn, self._act)
        for query, answered, is_wanted in asked:
            service.query(query, answered, is_wanted)
        with turn:
            deliveries = [
                (data, [turn.transports[session] for session in sessions])
                for data, sessions, _ in hub.flush(now)
            ]
            ended = [(turn.transports[end.session], end) for end in hub.ended()]
            presences = hub.presence_changes()
            turn.apply_reading_changes()
        log_presences(presences)
        for data, carriers in deliveries:
            for carrier in carriers:
                self._write(carrier, data)
        for parting, end in ended:
            service.note_end(end, parting.address)
            if isinstance(parting, SocketTransport):
                self._part(parting, end)
            else:
                parting.close_with(end)
        for carrier in turned:
            self._finish(carrier)
        for carrier in done:
            carrier.peer_is_done = True
        broken, self._broken = self._broken, []
        for carrier in (*done, *broken):
            self._close_if_finished(carrier)
        self._cut_off_late(now)
        self._report_if_asked(now)

    def _wait(self) -> None:
        """Wait for a wake, a socket that can take more, or a deadline."""
        now = time.monotonic()
        with self._turn:
            due = now if self._turn.is_woken else self._hub.deadline(now)
        times = [carrier.deadline for carrier in self._parting]
        times += [due] if due is not None else []
        for carrier in self._poller.wait(min(times) - now if times else None):
            self._go_on(carrier)

    def _write(self, carrier: AnyTransport, data: bytes) -> None:
        """Write *data*, and say so if it does not all leave (step 6)."""
        unsent = carrier.write(data)
        if self._service.trace is not None:
            self._service.trace.told(carrier.session, data)
        if unsent:
            if isinstance(carrier, SocketTransport):
                self._poller.watch(carrier)
            now = time.monotonic()
            with self._turn:
                if carrier.session not in self._turn.transports:
                    return  # the thread of its door has let go of it meanwhile
                self._hub.paused(carrier.session, unsent, now)
                if not isinstance(carrier, SocketTransport) and not carrier.is_full:
                    self._hub.resumed(carrier.session, now)  # it drained meanwhile
        elif isinstance(carrier, SocketTransport) and carrier.is_broken:
            self._broken.append(carrier)

    def _go_on(self, carrier: SocketTransport) -> None:
        """Go on with a socket that was waited for."""
        if carrier.session == NOBODY:
            carrier.drop(DROP_SIZE)
        if carrier.unsent:
            carrier.write_more()
            if not carrier.unsent:
                self._drained(carrier)
        self._poller.watch(carrier)
        self._close_if_finished(carrier)

    def _drained(self, carrier: SocketTransport) -> None:
        now = time.monotonic()
        if carrier.is_over:
            carrier.finish()
            carrier.deadline = now + LINGER
        else:
            with self._turn:
                self._hub.resumed(carrier.session, now)

    def _part(self, carrier: SocketTransport, ended: Ended) -> None:
        """Part with a peer as *ended* says (step 9)."""
        if ended.abort:
            self._abort(carrier)
        else:
            if ended.last:
                carrier.write(ended.last)
            self._finish(carrier)

    def _finish(self, carrier: SocketTransport) -> None:
        """Send what is unsent and a FIN, and give the peer a while to do the same."""
        now = time.monotonic()
        carrier.is_over = True
        carrier.reads.set()  # to drop what still comes
        carrier.deadline = now + DRAIN
        self._parting[carrier] = None
        if carrier.unsent:
            carrier.write_more()
        if not carrier.unsent:
            self._drained(carrier)
        self._poller.watch(carrier)
        self._close_if_finished(carrier)

    def _cut_off_late(self, now: float) -> None:
        for carrier in [late for late in self._parting if late.deadline <= now]:
            del self._parting[carrier]
            self._abort(carrier)

    def _abort(self, carrier: SocketTransport) -> None:
        """End a connection at once; its thread may have ended before."""
        carrier.abort()
        if carrier.session == NOBODY:
            carrier.peer_is_done = True
        self._close_if_finished(carrier)

    def _close_if_finished(self, carrier: SocketTransport) -> None:
        """Let go of a connection that has ended both ways (step 10)."""
        if not carrier.is_finished or carrier.sock.fileno() < 0:
            return
        self._parting.pop(carrier, None)
        self._poller.forget(carrier)
        carrier.sock.close()
        session = carrier.session
        if session == NOBODY:
            with self._turn:
                self._away -= 1
            return
        with self._turn:
            lost = self._hub.disconnect(session, time.monotonic())
            del self._turn.transports[session]
            self._turn.wake()
        if lost is not None:
            log_closed(lost, carrier.address)
        if self._service.trace is not None:
            self._service.trace.forget(session)

    def _part_with_all(self) -> None:
        """Take turns until everybody is gone, or at the deadline make them go."""
        late = time.monotonic() + DRAIN
        while True:
            self._take_turn()
            with self._turn:
                carriers = [
                    carrier
                    for carrier in self._turn.transports.values()
                    if not isinstance(carrier, ConsoleTransport)
                ]
            if not carriers and not self._parting:
                return
            if self._stops > 1 or time.monotonic() > late:
                for carrier in carriers:
                    if isinstance(carrier, SocketTransport):
                        self._abort(carrier)
                    else:
                        carrier.abort()

    # -- the process ----------------------------------------------------------------

    def _report_if_asked(self, now: float) -> None:
        if self._reports:
            self._reports = 0
            with self._turn:
                report = self._service.report(now)
            show(report)

    def _open_console(self) -> Console | None:
        if self._service.console is None:
            return None
        session = self._hub.watch(self._service.console)

        def drained() -> None:
            log_console_failure(console.failure)
            with self._turn:
                self._hub.resumed(session, time.monotonic())
                self._turn.wake()

        console = Console(STANDARD_OUTPUT, drained)
        self._turn.transports[session] = ConsoleTransport(console, session)
        return console
