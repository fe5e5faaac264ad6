"""The asyncio driver, on uvloop where the platform has it."""

import asyncio
import signal
import sys
from contextlib import nullcontext
from typing import Final

from parlour.core.connection import Ended
from parlour.core.events import SessionId
from parlour.core.hub import Turned

from .console import Console
from .logs import show
from .service import STOPPED, Service, log_closed, log_opened, log_turned
from .sockets import BACKLOG, DRAIN, LINGER, is_exempt, name_of, set_up

HIGH_WATER: Final = 256 << 10  # bytes in a transport before it counts as full
ACCEPTS: Final = 128  # at most in one turn of asyncio's own loop, or failures

ALONE: Final = nullcontext()  # nobody else touches the hub

try:
    import uvloop
except ModuleNotFoundError:  # a platform without it
    LOOP, new_event_loop = "asyncio", asyncio.new_event_loop
else:
    LOOP, new_event_loop = "asyncio on uvloop", uvloop.new_event_loop


def serve(service: Service) -> None:
    """Serve until a signal says to stop, and then until everybody is gone."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(service))


async def _serve(service: Service) -> None:
    loop = asyncio.get_running_loop()
    server = AsyncServer(service, loop)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    loop.add_signal_handler(signal.SIGUSR1, server.report)
    await server.run()


class AsyncServer:
    """Carry bytes between transports and a hub, which the event loop owns."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self._service, self._hub, self._loop = service, service.hub, loop
        self._carriers: dict[SessionId, Carrier | ConsoleCarrier] = {}
        self._turn_is_set = False
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = asyncio.Event()
        self._is_parting = False
        self._empty = asyncio.Event()
        # All connections read into one buffer: each read is taken out at once.
        self.buffer = memoryview(bytearray(service.recv_size))

    async def run(self) -> None:
        """Accept connections until asked to stop, then part with everybody."""
        service, loop = self._service, self._loop
        service.started = loop.time()
        loop.set_exception_handler(self._log_failure)
        console = self._open_console()
        servers = [
            await loop.create_server(lambda: Carrier(self), sock=sock, backlog=ACCEPTS)
            for sock in service.listeners
        ]
        for sock in service.listeners:
            sock.listen(BACKLOG)  # asyncio takes one number for two things
        service.announce()
        await self._stopped.wait()
        for server in servers:
            server.close()
        self._hub.stop(STOPPED)
        self._is_parting = True
        self.turn_soon()
        try:
            async with asyncio.timeout(DRAIN):
                await self._empty.wait()
        except TimeoutError:
            self._abort_all()
            await self._empty.wait()
        if console is not None:
            console.close()

    def stop(self) -> None:
        """Part with everybody; asked twice, at once."""
        if self._stopped.is_set():
            self._abort_all()
        self._stopped.set()

    def report(self) -> None:
        """Print a page of state."""
        report = self._service.report(self._loop.time())
        show(report)

    # -- what carriers tell ---------------------------------------------------

    def connect(self, carrier: "Carrier") -> SessionId | Turned:
        """Take in a connection (step 1)."""
        host, port = carrier.transport.get_extra_info("peername")[:2]
        address, exempt = name_of((host, port)), is_exempt(host)
        session = self._hub.connect(address, self._loop.time(), exempt=exempt)
        if isinstance(session, Turned):
            log_turned(address, session.code)
        else:
            carrier.address = address
            self._carriers[session] = carrier
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
        lost = self._hub.disconnect(session)
        carrier = self._carriers.pop(session)
        if lost is not None and isinstance(carrier, Carrier):
            log_closed(lost, carrier.address)
        if self._service.trace is not None:
            self._service.trace.forget(session)
        self.turn_soon()

    def after(self, delay: float, carrier: "Carrier") -> None:
        """Look after a parting *carrier* in *delay* seconds."""
        self._loop.call_later(delay, carrier.linger)

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
        due = hub.deadline(now)
        if due is not None and due <= now:
            for session in hub.lagging:
                hub.paused(session, self._carriers[session].unsent, now)
            hub.tick(now)
        service.record(ALONE)
        service.answer(ALONE)
        carriers = self._carriers
        for data, sessions, _ in hub.flush(now):
            for session in sessions:
                carriers[session].write(data)
            if service.trace is not None:
                for session in sessions:
                    service.trace.told(session, data)
        for ended in hub.ended():
            carriers[ended.session].part(ended)
        for session, on in hub.reading().items():
            carriers[session].read_on(on=on)
        self._set_timer(now)
        if self._is_parting and not len(hub):
            self._empty.set()

    def _set_timer(self, now: float) -> None:
        """Make sure that a turn is taken at the deadline. One earlier does no harm."""
        due = self._hub.deadline(now)
        if due is None:
            return
        if due <= now:
            self.turn_soon()
        elif self._timer is None or due < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.turn_soon()

    # -- the process ----------------------------------------------------------------

    def _abort_all(self) -> None:
        for carrier in self._carriers.values():
            if isinstance(carrier, Carrier):
                carrier.transport.abort()

    def _open_console(self) -> Console | None:
        if self._service.console is None:
            return None
        session = self._hub.watch(self._service.console)

        def drained() -> None:
            self._loop.call_soon_threadsafe(self.resumed, session)

        console = Console(sys.stdout.buffer, drained)
        self._carriers[session] = ConsoleCarrier(self, session, console)
        return console

    def _log_failure(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, object]
    ) -> None:
        exc = context.get("exception")
        if isinstance(exc, OSError) and "accept" in str(context.get("message")):
            self._service.log_accept_failure(exc, loop.time())
        else:
            loop.default_exception_handler(context)


class Carrier(asyncio.BufferedProtocol):
    """Carry the bytes of one connection."""

    transport: asyncio.Transport

    def __init__(self, server: AsyncServer) -> None:
        self._server = server
        self._session: SessionId | None = None
        self.address = ""
        self.is_over = False
        self._peer_is_done = False
        self._patience = DRAIN

    @property
    def unsent(self) -> int:
        """Bytes that wait in the transport."""
        return self.transport.get_write_buffer_size()

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)
        set_up(transport.get_extra_info("socket"))
        session = self._server.connect(self)
        if isinstance(session, Turned):
            self._finish(session.last)
        else:
            self._session = session

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if not self.is_over and self._session is not None:
            self._server.receive(self._session, bytes(self._server.buffer[:nbytes]))

    def eof_received(self) -> bool:
        self._peer_is_done = True
        if self.is_over:
            return False  # close
        if self._session is not None:
            self._server.receive(self._session, b"")
        return True

    def pause_writing(self) -> None:
        if self._session is not None:
            self._server.paused(self._session, self.unsent)

    def resume_writing(self) -> None:
        if self._session is not None:
            self._server.resumed(self._session)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._session is not None:
            self._server.disconnect(self._session)

    def write(self, data: bytes) -> None:
        """Give *data* to the transport, which may say meanwhile that it is full."""
        self.transport.write(data)

    def read_on(self, *, on: bool) -> None:
        """Read from the peer, or let it wait."""
        if not self.transport.is_closing() and not self._peer_is_done:
            if on:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def part(self, ended: Ended) -> None:
        """Part with the peer as *ended* says (step 9)."""
        log_closed(ended, self.address)
        if ended.abort:
            self.is_over = True
            self.transport.abort()
        else:
            self._finish(ended.last)

    def linger(self) -> None:
        """Close, unless what was queued is still leaving and there is time."""
        if self.transport.is_closing() and not self.unsent:
            return
        self._patience -= LINGER
        if self.unsent and self._patience > 0:
            self._server.after(LINGER, self)
        else:
            self.transport.abort()

    def _finish(self, last: bytes) -> None:
        """Write *last* and a FIN, and drop what still comes, so that it is no reset."""
        self.is_over = True
        if last:
            self.transport.write(last)
        if self._peer_is_done:
            self.transport.close()
        elif not self.transport.is_closing():
            self.transport.write_eof()
            self.transport.resume_reading()
        self._server.after(LINGER, self)


class ConsoleCarrier:
    """Carry the chat to the server's own terminal."""

    unsent = 0

    def __init__(
        self, server: AsyncServer, session: SessionId, console: Console
    ) -> None:
        self._server, self._session, self._console = server, session, console

    def write(self, data: bytes) -> None:
        """Give *data* to the console."""
        if unsent := self._console.write(data):
            self._server.paused(self._session, unsent)

    def part(self, ended: Ended) -> None:
        """Know that the chat is over."""

    def read_on(self, *, on: bool) -> None:
        """Know that nothing is ever read from a console."""
