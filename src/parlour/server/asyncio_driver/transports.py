"""What the asyncio driver holds of a connection, and of the console."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from parlour.core.events import SessionId
from parlour.core.ports import Transport as Carries
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind

from ..console import Console
from ..event_log import log_limited
from ..sockets import DRAIN, LINGER, holds_input, set_up

HIGH_WATER: Final = 16 << 10  # bytes in a transport before it counts as full


class Driver(Protocol):
    """Whom a carrier tells what happened: the driver."""

    buffer: memoryview
    """All connections read into it: each read is taken out at once."""

    def connect(
        self,
        carrier: Carries,
        peer: tuple[str, int],
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> SessionId | Rejected:
        """Take in a connection (step 1)."""
        ...

    def receive(self, session: SessionId, data: bytes) -> None:
        """Take in bytes (step 2)."""
        ...

    def paused(self, session: SessionId, unsent: int) -> None:
        """Know that a transport is full (step 6)."""
        ...

    def resumed(self, session: SessionId) -> None:
        """Know that a transport has drained (step 6)."""
        ...

    def disconnect(self, session: SessionId) -> None:
        """Let go of a connection that is gone (step 10)."""
        ...

    def forget_turned(self) -> None:
        """Know that one who was turned away is gone."""
        ...

    @property
    def is_patient(self) -> bool:
        """Whether one who is turned away may have time to read why."""
        ...

    def after(self, delay: float, carrier: "SocketTransport") -> None:
        """Look after a parting *carrier* in *delay* seconds."""
        ...


class SocketTransport(asyncio.BufferedProtocol):
    """Carry the bytes of one connection."""

    transport: asyncio.Transport
    write: Callable[[bytes], None]
    """Takes bytes for the peer; :meth:`pause_writing` may come of it meanwhile."""

    def __init__(self, owner: Driver) -> None:
        self._owner = owner
        self._session: SessionId | None = None
        self.address = ""
        self.is_over = False
        self._peer_is_done = self._was_turned = False
        self._patience = DRAIN

    @property
    def unsent(self) -> int:
        """Bytes that wait in the transport."""
        return self.transport.get_write_buffer_size()

    @property
    def holds_input(self) -> bool:
        """Whether the peer has said something that was not read."""
        return holds_input(self.transport.get_extra_info("socket").fileno())

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self.transport, self.write = transport, transport.write
        peer = transport.get_extra_info("peername")
        if peer is None:  # it is gone again
            transport.abort()
            return
        transport.set_write_buffer_limits(HIGH_WATER)
        set_up(transport.get_extra_info("socket"))
        session = self._owner.connect(self, peer[:2])
        if isinstance(session, Rejected):
            self._was_turned = True
            self._peer_is_done = not self._owner.is_patient  # then close at once
            self._finish(session.last)
        else:
            self._session = session

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._owner.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if not self.is_over and self._session is not None:
            self._owner.receive(self._session, bytes(self._owner.buffer[:nbytes]))

    def eof_received(self) -> bool:
        self._peer_is_done = True
        if self.is_over:
            return False  # close
        if self._session is not None:
            self._owner.receive(self._session, b"")
        return True

    def pause_writing(self) -> None:
        if self._session is not None:
            self._owner.paused(self._session, self.unsent)

    def resume_writing(self) -> None:
        if self._session is not None:
            self._owner.resumed(self._session)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._session is not None:
            self._owner.disconnect(self._session)
        elif self._was_turned:
            self._owner.forget_turned()

    def set_reading(self, *, on: bool) -> None:
        """Read from the peer, or let it wait."""
        if not self.transport.is_closing() and not self._peer_is_done:
            if on:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def close_with(self, ended: Ended) -> None:
        """Part with the peer as *ended* says (step 9)."""
        if ended.abort:
            self.is_over = True
            self.transport.abort()
        else:
            self._finish(ended.last)

    def abort(self) -> None:
        """End at once."""
        self.transport.abort()

    def linger(self) -> None:
        """Close, unless what was queued is still leaving and there is time."""
        if self.transport.is_closing() and not self.unsent:
            return
        self._patience -= LINGER
        if self.unsent and self._patience > 0:
            self._owner.after(LINGER, self)
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
        self._owner.after(LINGER, self)


class GuardedTransport:
    """A carrier of a side door. What fails in it ends it, and nobody else's turn."""

    def __init__(self, carrier: Carries) -> None:
        self._carrier = carrier
        self.address = carrier.address

    @property
    def unsent(self) -> int:
        """Bytes that wait in its transport."""
        return self._carrier.unsent

    def write(self, data: bytes) -> None:
        """Give *data* to it."""
        self._try(partial(self._carrier.write, data))

    def set_reading(self, *, on: bool) -> None:
        """Let it read, or wait."""
        self._try(partial(self._carrier.set_reading, on=on))

    def close_with(self, ended: Ended) -> None:
        """Let it part with its peer."""
        self._try(partial(self._carrier.close_with, ended))

    def abort(self) -> None:
        """End it at once."""
        self._carrier.abort()

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as exc:  # noqa: BLE001 -- logged, and the end of it alone
            log_limited(logging.ERROR, "door.failed", exc)
            self._carrier.abort()


class ConsoleTransport:
    """Carry the chat to the server's own terminal."""

    unsent = 0
    address = "console"

    def __init__(self, owner: Driver, session: SessionId, console: Console) -> None:
        self._owner, self._session, self._console = owner, session, console

    def write(self, data: bytes) -> None:
        """Give *data* to the console."""
        if unsent := self._console.write(data):
            self._owner.paused(self._session, unsent)

    def close_with(self, ended: Ended) -> None:
        """Know that the chat is over."""

    def set_reading(self, *, on: bool) -> None:
        """Know that nothing is ever read from a console."""

    def abort(self) -> None:
        """Know that the chat is over; what it said is still written."""
