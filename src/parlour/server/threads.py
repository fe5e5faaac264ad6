"""The threaded driver: a thread per client that reads, and one that writes for all.

A writing thread per client convoys on the interpreter's lock, so the main thread
writes for everybody: it never blocks in a send, and polls only those sockets that
did not take all. What each kind of thread does is kept together here, under a line
that names it, since which thread may touch what is the whole difficulty.

Sockets have no Python timeouts: with one, a send that must not wait would wait.
"""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from parlour.core.connection import Ended
from parlour.core.events import Bye, SessionId
from parlour.core.hub import Turned

from .console import Console
from .doors import Door
from .logs import show
from .poller import Poller
from .service import STOPPED, Service, log_closed, log_opened, log_turned
from .sockets import DRAIN, LINGER, MAX_TURNED, is_exempt, name_of, set_up
from .thread_carriers import NOBODY, Carrier, ConsoleCarrier

DROP_SIZE: Final = 65_536  # bytes read at once of what is dropped
NO_THREADS: Final = Bye("server_full", "the server is full; try again later")


def serve(service: Service) -> None:
    """Serve until a signal says to stop, and then until everybody is gone."""
    server = ThreadServer(service)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    signal.signal(signal.SIGUSR1, lambda *_: server.report())
    # Python runs a handler between two of its steps. One that comes just before the
    # poll would wait for its end, were it not for the byte that this sends at once.
    signal.set_wakeup_fd(server.wake_fileno(), warn_on_full_buffer=False)
    try:
        server.run()
    finally:
        signal.set_wakeup_fd(-1)
        server.close()


class ThreadServer:
    """Carry bytes between blocking sockets and a hub.

    `_turn` guards the hub and what is named below it. It is held for pure code and
    the byte that wakes the main thread only, never across a call that may wait.
    """

    def __init__(self, service: Service) -> None:
        self._service, self._recv_size = service, service.recv_size
        self._turn = threading.Lock()
        self._hub = service.hub
        self._carriers: dict[SessionId, Carrier | ConsoleCarrier] = {}
        self._turned: list[Carrier] = []  # not let in, not yet told so
        self._away = 0  # turned away, and not gone yet
        self._done: list[Carrier] = []  # their threads have ended
        self._is_woken = False
        self._main = threading.current_thread()
        # The rest belongs to the main thread alone.
        self._poller = Poller()
        self._parting: dict[Carrier, None] = {}
        self._stops = 0  # how often it was asked
        self._reports = 0

    def run(self) -> None:
        """Accept connections until asked to stop, then part with everybody."""
        self._service.started, self._service.stop = time.monotonic(), self.stop
        self._main = threading.current_thread()
        console = self._open_console()
        doors = [
            Door(listener, self._take_in, self._log_failure)
            for listener in self._service.listeners
        ]
        for door in doors:
            door.open()
        self._service.announce()
        while not self._stops:
            self._take_turn()
        for door in doors:
            door.close()
        with self._turn:
            self._hub.stop(STOPPED)
            self._wake()
        self._part_with_all()
        if console is not None:
            console.close()

    def close(self) -> None:
        """Give back what `run` needed. It cannot be run again."""
        self._poller.close()

    def stop(self) -> None:
        """Part with everybody; asked twice, at once. Any thread, or a signal."""
        self._stops += 1
        self._poller.wake()

    def report(self) -> None:
        """Print a page of state soon. Any thread, or a signal."""
        self._reports += 1
        self._poller.wake()

    def wake_fileno(self) -> int:
        """Return the descriptor on which a byte wakes the main thread."""
        return self._poller.wake_end.fileno()

    # -- in the thread of a door ----------------------------------------------

    def _take_in(self, sock: socket.socket, peer: tuple[str, int]) -> None:
        """Take in a connection (step 1) and start the thread that handles it."""
        set_up(sock)
        address, exempt = name_of(peer), is_exempt(peer[0])
        with self._turn:
            session = self._hub.connect(address, time.monotonic(), exempt=exempt)
            if isinstance(session, Turned):
                self._turn_away(sock, address, session)
                return
            carrier = self._carriers[session] = Carrier(sock, address, session)
            self._wake()
        log_opened(session, address)
        thread = threading.Thread(
            target=self._read, args=(carrier,), name=address, daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads
            with self._turn:
                del self._carriers[session]
                self._hub.disconnect(session, time.monotonic())
                self._turn_away(sock, address, self._hub.turn_away(NO_THREADS))

    def _turn_away(self, sock: socket.socket, address: str, why: Turned) -> None:
        log_turned(address, why.code)
        carrier = Carrier(sock, address, NOBODY)
        carrier.unsent = memoryview(why.last)
        carrier.peer_is_done = self._away >= MAX_TURNED  # then close at once
        self._away += 1
        self._turned.append(carrier)
        self._wake()

    def _log_failure(self, exc: OSError) -> None:
        self._service.log_accept_failure(exc, time.monotonic())

    # -- in the thread of a client ----------------------------------------------

    def _read(self, carrier: Carrier) -> None:
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
                    self._mind_reading()
                    self._wake()
        with self._turn:
            self._done.append(carrier)
            self._wake()

    def _act(self, do: Callable[[], None]) -> None:
        """Do something to the hub, in whatever thread the history answers."""
        with self._turn:
            do()
            if threading.current_thread() is not self._main:
                self._wake()

    # -- with the turn held -----------------------------------------------------

    def _wake(self) -> None:
        """Let the main thread take a turn, now or as soon as it can."""
        if not self._is_woken:
            self._is_woken = True
            self._poller.wake()

    def _mind_reading(self) -> None:
        """Let threads read, or wait (step 7)."""
        for session, on in self._hub.reading().items():
            carrier = self._carriers[session]
            if isinstance(carrier, Carrier):
                if on:
                    carrier.reads.set()
                else:
                    carrier.reads.clear()

    def _tick(self, now: float) -> None:
        """Do what the time has come for (step 8)."""
        due = self._hub.deadline(now)
        if due is not None and due <= now:
            for session in self._hub.lagging:
                unsent = len(self._carriers[session].unsent)
                self._hub.paused(session, unsent, now)
            for session in self._hub.silent(now):
                if self._carriers[session].holds_input:
                    self._hub.expect(session, now)
            self._hub.tick(now)

    # -- in the main thread -------------------------------------------------------

    def _take_turn(self) -> None:
        """Wait until something is due, and take steps 3 to 10."""
        self._wait()
        service, hub, turn = self._service, self._hub, self._turn
        now = time.monotonic()
        with turn:
            self._is_woken = False
            self._tick(now)
            done, self._done = self._done, []
            turned, self._turned = self._turned, []
        service.record(turn, self._act)
        service.answer(turn, self._act)
        with turn:
            deliveries = [
                (data, [self._carriers[session] for session in sessions])
                for data, sessions, _ in hub.flush(now)
            ]
            ended = [(self._carriers[end.session], end) for end in hub.ended()]
            self._mind_reading()
        for data, carriers in deliveries:
            for carrier in carriers:
                self._write(carrier, data)
        for parting, end in ended:
            if isinstance(parting, Carrier):
                self._part(parting, end)
        for carrier in turned:
            self._finish(carrier)
        for carrier in done:
            carrier.peer_is_done = True
            self._close_if_finished(carrier)
        self._cut_off_late(now)
        self._report_if_asked(now)

    def _wait(self) -> None:
        """Wait for a wake, a socket that can take more, or a deadline."""
        now = time.monotonic()
        with self._turn:
            due = now if self._is_woken else self._hub.deadline(now)
        times = [carrier.deadline for carrier in self._parting]
        times += [due] if due is not None else []
        for carrier in self._poller.wait(min(times) - now if times else None):
            self._go_on(carrier)

    def _write(self, carrier: Carrier | ConsoleCarrier, data: bytes) -> None:
        """Write *data*, and say so if it does not all leave (step 6)."""
        unsent = carrier.write(data)
        if self._service.trace is not None:
            self._service.trace.told(carrier.session, data)
        if unsent:
            if isinstance(carrier, Carrier):
                self._poller.watch(carrier)
            now = time.monotonic()
            with self._turn:
                self._hub.paused(carrier.session, unsent, now)
                if isinstance(carrier, ConsoleCarrier) and not carrier.console.is_full:
                    self._hub.resumed(carrier.session, now)  # it drained meanwhile

    def _go_on(self, carrier: Carrier) -> None:
        """Go on with a socket that was waited for."""
        if carrier.session == NOBODY:
            carrier.drop(DROP_SIZE)
        if carrier.unsent:
            carrier.write_more()
            if not carrier.unsent:
                self._drained(carrier)
        self._poller.watch(carrier)
        self._close_if_finished(carrier)

    def _drained(self, carrier: Carrier) -> None:
        now = time.monotonic()
        if carrier.is_over:
            carrier.finish()
            carrier.deadline = now + LINGER
        else:
            with self._turn:
                self._hub.resumed(carrier.session, now)

    def _part(self, carrier: Carrier, ended: Ended) -> None:
        """Part with a peer as *ended* says (step 9)."""
        log_closed(ended, carrier.address)
        if ended.abort:
            carrier.abort()
        else:
            if ended.last:
                carrier.write(ended.last)
            self._finish(carrier)

    def _finish(self, carrier: Carrier) -> None:
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
            carrier.abort()
            if carrier.session == NOBODY:
                carrier.peer_is_done = True
            self._close_if_finished(carrier)

    def _close_if_finished(self, carrier: Carrier) -> None:
        """Let go of a connection that has ended both ways (step 10)."""
        if not carrier.is_finished:
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
            del self._carriers[session]
            self._wake()
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
                    c for c in self._carriers.values() if isinstance(c, Carrier)
                ]
            if not carriers and not self._parting:
                return
            if self._stops > 1 or time.monotonic() > late:
                for carrier in carriers:
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
            with self._turn:
                self._hub.resumed(session, time.monotonic())
                self._wake()

        console = Console(sys.stdout.buffer, drained)
        self._carriers[session] = ConsoleCarrier(console, session)
        return console
