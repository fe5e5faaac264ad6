"""A WebSocket carries the same lines: the end of a frame ends a line, too.

The protocol of frames is the library's, without its I/O; what is here is a carrier
like any other. What is due to many pages is one frame, made once for all of them.
"""

import asyncio
from enum import IntEnum
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from parlour.core.events import SessionId
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended

from .fragments import Fragments, FrameError
from .host_checks import check_page
from .ports import Owner
from .requests import RequestError

MAX_FRAME: Final = 64 << 10  # bytes of one frame, or of all parts of one
SLICE: Final = 512  # bytes taken in at once: a frame may be only six of them
HIGH_WATER: Final = 16 << 10  # bytes in a transport before it counts as full
FIRST_WAIT: Final = 10.0  # seconds until a page must have said something
LINGER: Final = 5.0  # seconds that a page has to end its side after ours

CLOSE_CODES: Final = {"server_stopping": 1012, "server_full": 1013}
"""How an end is told to a browser that does not read the lines; else it is 1000."""


class Phase(IntEnum):
    """How far a page has come. A page never goes back to an earlier phase."""

    OPEN = 0
    """The chat hears what it says."""
    ENDED = 1
    """It says nothing more, and the chat still writes to it."""
    OVER = 2
    """The chat has parted with it: what it still says is dropped."""
    DEAF = 3
    """It broke a rule: nothing more is read from it."""


class WebSocket(asyncio.Protocol):
    """One page. It has a session from its first line on.

    The door aborts it when its *deadline* has passed.
    """

    transport: asyncio.Transport

    def __init__(self, door: Owner) -> None:
        self._door = door
        self._frames = ServerProtocol(max_size=MAX_FRAME)
        self._fragments = Fragments(door.now)
        self._session: SessionId | None = None
        self._phase = Phase.OPEN
        self._is_wanted = True  # the hall lets us read
        self._is_full = False  # the transport takes no more
        self._untaken = bytearray()  # what came, and waits for its turn
        self.address = ""
        self.deadline: float | None = door.now() + FIRST_WAIT

    @property
    def unsent(self) -> int:
        """Bytes that wait in the transport."""
        return self.transport.get_write_buffer_size()

    @property
    def is_deaf(self) -> bool:
        """Whether nothing more is read from it, for it broke a rule."""
        return self._phase is Phase.DEAF

    @property
    def _peer(self) -> tuple[str, int]:
        peer = self.transport.get_extra_info("peername") or ("", 0)
        return peer[0], peer[1]

    # -- what the transport tells ------------------------------------------------

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        self._untaken += data
        if self._frames.state is State.CONNECTING:  # a head has a bound of its own
            self._take_in(len(self._untaken))
        self._mind_reading()

    def eof_received(self) -> None:
        self._frames.receive_eof()
        self._send()
        self._end()

    def pause_writing(self) -> None:
        self._is_full = True
        self._mind_reading()
        if self._session is not None:
            self._door.hall.paused(self._session, self.unsent)

    def resume_writing(self) -> None:
        self._is_full = False
        self._mind_reading()
        if self._session is not None:
            self._door.hall.resumed(self._session)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._door.forget(self)
        if self._session is not None:
            self._door.hall.disconnect(self._session)

    # -- what the hall tells -------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send *data* as one frame."""
        if self._frames.state is State.OPEN and not self.transport.is_closing():
            self.transport.write(self._door.frame(data))

    def set_reading(self, *, on: bool) -> None:
        """Read from the page, or let it wait."""
        self._is_wanted = on
        self._mind_reading()

    def close_with(self, ended: Ended) -> None:
        """Part with the page as *ended* says."""
        if ended.abort:
            self.abort()
        else:
            self._finish(ended.code, ended.last)

    def shutdown(self) -> None:
        """Part with a page that has said nothing yet: the hall knows none of it."""
        if self._session is None and self._phase < Phase.OVER:
            self._finish("server_stopping", b"")

    def abort(self) -> None:
        """End at once."""
        self._advance(Phase.OVER)
        self._untaken = bytearray()  # at once: many may be aborted in one turn
        self.transport.abort()

    # -- both -------------------------------------------------------------------------

    def _greet(self, request: Request) -> Response:
        """Return the answer to a handshake."""
        headers, door = request.headers, self._door
        host, origins = headers.get("Host", ""), headers.get_all("Origin")
        origin = ", ".join(origins) if origins else None
        try:
            check_page(door.hosts, self._peer[0], host, origin)
        except RequestError as exc:
            return self._frames.reject(exc.status, f"{exc}\n")
        if door.is_shut:
            return self._frames.reject(503, "The server is shutting down.\n")
        return self._frames.accept(request)

    def take_slice(self) -> int:
        """Take in a little of what came, and return how many bytes that was.

        The door calls, in turn with other pages. Nothing is read meanwhile, so that
        no more than one read waits.
        """
        if self._is_held or self.transport.is_closing():
            return 0
        return self._take_in(SLICE)

    def _take_in(self, size: int) -> int:
        data = bytes(self._untaken[:size])
        del self._untaken[:size]
        self._frames.receive_data(data)
        for event in self._frames.events_received():
            if isinstance(event, Request):
                self._frames.send_response(self._greet(event))
            elif isinstance(event, Frame) and self._phase < Phase.OVER:
                self._take(event)
        self._hear()
        if self._frames.parser_exc is not None:
            self._give_up()  # the library has found a fault, and told the page
        self._send()
        self._mind_reading()
        return len(data)

    def _take(self, frame: Frame) -> None:
        """Take in one frame. The library answers pings itself."""
        try:
            if frame.opcode is Opcode.CLOSE:
                self._hear()
                self._end()
            elif frame.opcode is Opcode.BINARY:
                self._fail(1003, "lines come in text frames")
            elif frame.opcode in {Opcode.PING, Opcode.PONG}:
                self._fragments.count_idle()
            else:
                self._fragments.add(bytes(frame.data), is_last=frame.fin)
        except FrameError as exc:
            self._fail(exc.code, exc.reason)

    def _fail(self, code: int, reason: str) -> None:
        """End a page that breaks a rule of ours."""
        self._frames.fail(code, reason)
        self._give_up()

    def _give_up(self) -> None:
        """Read nothing more, and wait a while for the page to go."""
        if self.is_deaf:
            return
        self._end()
        self._advance(Phase.DEAF)
        self._fragments.clear()
        self.deadline = self._door.now() + LINGER

    def _hear(self) -> None:
        """Let the hall hear the lines of this slice, and first of all who says them."""
        data = self._fragments.take_lines()
        if self._phase is not Phase.OPEN or not data:
            return
        if self._session is None:
            session = self._door.hall.connect(
                self, self._peer, self._door.connection_kind
            )
            if isinstance(session, Rejected):
                self._finish(session.code, session.last)
                return
            self._session, self.deadline = session, None
            self._door.settle(self)
        self._door.hall.receive(self._session, data)

    def _end(self) -> None:
        """Let the hall know that nothing more comes."""
        if self._phase is Phase.OPEN:
            self._advance(Phase.ENDED)
            if self._session is not None:
                self._door.hall.receive(self._session, b"")

    def _advance(self, phase: Phase) -> None:
        self._phase = max(self._phase, phase)

    def _finish(self, code: str, last: bytes) -> None:
        """Send *last*, say that this is the end, and wait a while for the page's."""
        self._advance(Phase.OVER)
        if last:
            self.write(last)
        if self._frames.state is State.OPEN:
            self._frames.send_close(CLOSE_CODES.get(code, 1000), code)
            self._send()
        self.deadline = self._door.now() + LINGER
        self.set_reading(on=True)  # to drop what it says, so that its end is no reset

    @property
    def _is_held(self) -> bool:
        """Whether the hall has us wait, or answers to pings would pile up."""
        return self._is_full or self.is_deaf or not self._is_wanted

    def _mind_reading(self) -> None:
        """Go on with what came, and read once that is taken in, unless held."""
        if self.is_deaf:
            self._untaken.clear()
        unheard = len(self._frames.reader.buffer) + self._fragments.size
        self._door.hold(self, len(self._untaken) + unheard)
        if self.transport.is_closing():
            return
        if self._untaken and not self._is_held:
            self._door.turns.add(self)
        if self._untaken or self._is_held:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _send(self) -> None:
        """Send what the library has made; after an end of both sides, a FIN."""
        parts = self._frames.data_to_send()
        if self.transport.is_closing():
            return
        if data := b"".join(parts):
            self.transport.write(data)
        if b"" in parts:
            self.transport.write_eof()
            self.deadline = self._door.now() + LINGER


def framed(data: bytes) -> bytes:
    """Return *data* as a text frame of a server."""
    return Frame(Opcode.TEXT, data).serialize(mask=False)
