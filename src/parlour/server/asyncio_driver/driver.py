"""The asyncio driver, on uvloop where the platform has it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Final

from parlour.core.events import Refused, SessionId, Snapshot
from parlour.core.ports import Transport as Carries
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query
from parlour.system.standard_streams import STANDARD_OUTPUT

from ..console import Console
from ..event_log import show
from ..event_loops import log_failure, new_event_loop
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
from ..sockets import BACKLOG, DRAIN, MAX_TURNED, is_exempt, limited_network, name_of
from .transports import ConsoleTransport, GuardedTransport, SocketTransport

ACCEPTS: Final = 128  # at most in one turn of asyncio's own loop, or failures

TICK: Final = 0.001  # seconds of uvloop's clock: a timer for less is none, and spins

ALONE: Final = nullcontext()  # nobody else touches the hub


def serve(service: Runtime) -> None:
    """Serve until a signal says to stop, and then until everybody is gone."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(service))


async def _serve(service: Runtime) -> None:
    loop = asyncio.get_running_loop()
    server = AsyncioDriver(service, loop)
    handle_signals(loop.add_signal_handler, server)
    await server.run()


class AsyncioDriver:
    """Carry bytes between transports and a hub, which the event loop owns."""

    def __init__(self, service: Runtime, loop: asyncio.AbstractEventLoop) -> None:
        self._service, self._hub, self._loop = service, service.hub, loop
        self._carriers: dict[SessionId, Carries] = {}
        self._thread = 0  # of the loop, once it runs
        self._turn_is_set = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0
        self._stopped = asyncio.Event()
        self._is_parting = False
        self._turned = 0  # turned away, and not gone yet
        self._empty = asyncio.Event()
        # All connections read into one buffer: each read is taken out at once.
        self.buffer = memoryview(bytearray(service.recv_size))

    async def run(self) -> None:
        """Accept connections until asked to stop, then part with everybody."""
        service, loop = self._service, self._loop
        service.started, service.stop = loop.time(), self.stop
        self._thread = threading.get_ident()
        loop.set_exception_handler(self._log_failure)
        console = self._open_console()
        servers = [
            await loop.create_server(
                lambda: SocketTransport(self), sock=sock, backlog=ACCEPTS
            )
            for sock in service.listeners
        ]
        for sock in service.listeners:
            sock.listen(BACKLOG)  # asyncio takes one number for two things
        for gateway in service.gateways:
            await gateway.open(self)
        service.announce()
        await self._stopped.wait()
        for server in servers:
            server.close()
        for gateway in service.gateways:
            gateway.stop_accepting()
        self._hub.stop(STOPPED)
        service.recorder.cancel_searches()
        self._is_parting = True
        self.turn_soon()
        try:
            async with asyncio.timeout(DRAIN):
                await self._empty.wait()
        except TimeoutError:
            self._abort_all()
            await self._empty.wait()
        for gateway in service.gateways:
            await gateway.close()
        if console is not None:
            console.close()

    def stop(self) -> None:
        """Part with everybody; asked twice, at once."""
        if self._stopped.is_set():
            self._abort_all()
        self._stopped.set()

    def hang_up(self) -> None:
        if not self._stopped.is_set():
            self.stop()

    def report(self) -> None:
        report = self._service.report(self._loop.time())
        show(report)

    # -- what carriers tell ---------------------------------------------------

    def connect(
        self,
        carrier: Carries,
        peer: tuple[str, int],
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> SessionId | Rejected:
        """Take in a connection (step 1)."""
        address = name_of(peer)
        session = self._hub.connect(
            address,
            self._loop.time(),
            exempt=is_exempt(peer[0]),
            network=limited_network(peer[0]),
            kind=kind,
        )
        if isinstance(session, Rejected):
            self._turned += kind is ConnectionKind.SOCKET
            log_turned(address, session.code)
        else:
            carrier.address = address
            is_ours = kind is ConnectionKind.SOCKET
            self._carriers[session] = carrier if is_ours else GuardedTransport(carrier)
            log_opened(session, address)
            self.turn_soon()
        return session

    def receive(self, session: SessionId, data: bytes) -> None:
        """Take in bytes (step 2)."""
        if self._service.trace is not None:
            self._service.trace.said(session, data)
        self._hub.receive(session, data, self._loop.time())
        self.turn_soon()

    def paused(self, session: SessionId, unsent: int) -> None:
        """Know that a transport is full (step 6)."""
        self._hub.paused(session, unsent, self._loop.time())
        self.turn_soon()

    def resumed(self, session: SessionId) -> None:
        """Know that a transport has drained (step 6)."""
        self._hub.resumed(session, self._loop.time())
        self.turn_soon()

    def disconnect(self, session: SessionId) -> None:
        """Let go of a connection that is gone (step 10)."""
        lost = self._hub.disconnect(session, self._loop.time())
        carrier = self._carriers.pop(session)
        if lost is not None:
            log_closed(lost, carrier.address)
        if self._service.trace is not None:
            self._service.trace.forget(session)
        self.turn_soon()

    def forget_turned(self) -> None:
        """Know that one who was turned away is gone."""
        self._turned -= 1

    @property
    def is_patient(self) -> bool:
        """Whether one who is turned away may have time to read why."""
        return self._turned <= MAX_TURNED

    def after(self, delay: float, carrier: SocketTransport) -> None:
        """Look after a parting *carrier* in *delay* seconds."""
        self._loop.call_later(delay, carrier.linger)

    # -- what side doors ask ---------------------------------------------------

    def snapshot(self, done: Callable[[Snapshot], None]) -> None:
        """Tell what is so now."""
        self._act(lambda: done(self._hub.room.snapshot()))

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Tell what the history has."""
        self._act(lambda: self._service.query(query, done, is_wanted))

    # -- turns ------------------------------------------------------------------

    def turn_soon(self) -> None:
        """Take a turn once all that is readable now has been read."""
        if not self._turn_is_set:
            self._turn_is_set = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Take steps 3 to 9."""
        self._turn_is_set = False
        service, hub, now = self._service, self._hub, self._loop.time()
        carriers = self._carriers
        due = hub.deadline(now)
        if due is not None and due <= now:
            for session in hub.lagging:
                hub.paused(session, self._carriers[session].unsent, now)
            for session in hub.silent_arrivals(now):
                carrier = carriers[session]
                if isinstance(carrier, SocketTransport) and carrier.holds_input:
                    hub.postpone_admission(session, now)
            hub.tick(now)
        service.record(ALONE, self._act)
        service.answer(ALONE, self._act)
        for data, sessions, _ in hub.flush(now):
            for session in sessions:
                carriers[session].write(data)
            if service.trace is not None:
                for session in sessions:
                    service.trace.told(session, data)
        log_presences(hub.presence_changes())
        for ended in hub.ended():
            service.note_end(ended, carriers[ended.session].address)
            carriers[ended.session].close_with(ended)
        for session, on in hub.reading_changes().items():
            carriers[session].set_reading(on=on)
        self._set_timer(now)
        if self._is_parting and not len(hub):
            self._empty.set()

    def _act(self, do: Callable[[], None]) -> None:
        """Do something to the hub: at once in the loop's thread, else soon."""
        if threading.get_ident() == self._thread:
            do()
        else:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to tell
                self._loop.call_soon_threadsafe(self._act_and_turn, do)

    def _act_and_turn(self, do: Callable[[], None]) -> None:
        do()
        self.turn_soon()

    def _set_timer(self, now: float) -> None:
        """Make sure that a turn is taken at the deadline. One earlier does no harm."""
        due = self._hub.deadline(now)
        if due is None:
            return
        if due <= now:
            self.turn_soon()
        elif self._timer is None or due < self._timer_due:
            if self._timer is not None:
                self._timer.cancel()
            wait = max(due - now, TICK)
            self._timer, self._timer_due = self._loop.call_later(wait, self._ring), due

    def _ring(self) -> None:
        self._timer = None
        self.turn_soon()

    # -- the process ----------------------------------------------------------------

    def _abort_all(self) -> None:
        for carrier in self._carriers.values():
            carrier.abort()
        for gateway in self._service.gateways:
            gateway.abort()

    def _open_console(self) -> Console | None:
        if self._service.console is None:
            return None
        session = self._hub.watch(self._service.console)

        def drained() -> None:
            log_console_failure(console.failure)
            with suppress(RuntimeError):  # the loop is closed: the chat is over
                self._loop.call_soon_threadsafe(self.resumed, session)

        console = Console(STANDARD_OUTPUT, drained)
        self._carriers[session] = ConsoleTransport(self, session, console)
        return console

    def _log_failure(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, object]
    ) -> None:
        exc = context.get("exception")
        if isinstance(exc, OSError) and "accept" in str(context.get("message")):
            log_accept_failure(exc)
        else:
            log_failure(loop, context)
