"""WebSocket connections, which carry the same lines as the chat port.

The end of a frame also ends a line. The `websockets` library implements the protocol
of frames, without I/O. A frame for many pages is encoded once.
"""

import asyncio
from enum import IntEnum
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from parlour.core.events import ConnectionId
from parlour.core.ports import Peer
from parlour.core.protocol.session import SESSION
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.state.account_entries import REVOKED_DEVICE

from .cookies import Credentials
from .handshake import is_valid, respond
from .hello_credentials import with_credentials
from .line_assembly import FrameError, LineAssembler
from .ports import Gateway

MAX_MESSAGE: Final = 64 << 10  # bytes of one message, with all of its fragments
SLICE: Final = 512  # bytes of input processed at once; frames have at least six
HIGH_WATER: Final = 16 << 10  # bytes in a transport before it counts as full
FIRST_LINE_TIMEOUT: Final = 10.0  # seconds until a page must have sent a line
CLOSE_TIMEOUT: Final = 5.0  # seconds until a page must close after the server did
STOP_TIMEOUT: Final = 2.0  # the same, if the server shuts down

TOO_MANY: Final = "There are too many connections from your address; try again later.\n"
REVOKED: Final = SESSION.encode(REVOKED_DEVICE)
CLOSE_CODES: Final = {"server_stopping": 1012, "server_full": 1013}
"""Status codes of close frames, by the code of the session's end; otherwise 1000."""


class Phase(IntEnum):
    """The phases of a WebSocket, in order. It never returns to an earlier phase."""

    OPEN = 0
    """The server receives the page's lines."""
    INPUT_ENDED = 1
    """The page sends no more lines; the server still sends to it."""
    CLOSING = 2
    """The server closed the session; further input is dropped."""
    FAILED = 3
    """The page broke a rule; nothing more is read."""


class WebSocket(asyncio.Protocol):
    """The WebSocket of one page, whose session starts with its first line.

    The gateway aborts it after its *deadline*.
    """

    transport: asyncio.Transport
    unacknowledged = 0  # not known

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._protocol = ServerProtocol(max_size=MAX_MESSAGE)
        self._lines = LineAssembler(gateway.now)
        self._session: ConnectionId | None = None
        self._phase = Phase.OPEN
        self._may_read = True  # as the server decides
        self._is_full = False  # the transport's write buffer
        self._input = bytearray()  # received, and waiting for its turn
        self._peer = Peer("", 0)  # known after the handshake
        self.address = ""
        self.key: Credentials | None = None  # of somebody who has signed in
        self.deadline: float | None = gateway.now() + FIRST_LINE_TIMEOUT

    @property
    def unsent(self) -> int:
        """Bytes in the transport's write buffer."""
        return self.transport.get_write_buffer_size()

    @property
    def has_failed(self) -> bool:
        """Whether the page broke a rule."""
        return self._phase is Phase.FAILED

    # -- called by the transport -----------------------------------------------

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        self._input += data
        if self._protocol.state is State.CONNECTING:  # a handshake has its own limit
            self._process(len(self._input))
        self._update_reading()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._send()
        self._end_input()

    def pause_writing(self) -> None:
        self._is_full = True
        self._update_reading()
        if self._session is not None:
            self._gateway.server.paused(self._session, self.unsent)

    def resume_writing(self) -> None:
        self._is_full = False
        self._update_reading()
        if self._session is not None:
            self._gateway.server.resumed(self._session)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._gateway.remove(self)
        if self._session is not None:
            self._gateway.server.disconnect(self._session)

    # -- called by the server and the gateway ----------------------------------

    def write(self, data: bytes) -> None:
        """Send *data* as one frame."""
        if self._protocol.state is State.OPEN and not self.transport.is_closing():
            self.transport.write(self._gateway.text_frame(data))

    def set_reading(self, *, on: bool) -> None:
        """Resume or pause reading."""
        self._may_read = on
        self._update_reading()

    def close_with(self, ended: Ended) -> None:
        """Close or abort the connection, depending on *ended*."""
        if ended.abort:
            self.abort()
        else:
            self._close(ended.code, ended.last)

    def shutdown(self) -> None:
        """Close a connection without a session; the server closes the others."""
        if self._session is None and self._phase < Phase.CLOSING:
            self._close("server_stopping", b"")

    def check_key(self) -> None:
        """Close a page that only watches, if its key has been revoked."""
        if self.key is None or self._phase >= Phase.CLOSING:
            return
        if not is_valid(self._gateway.server, self.key, self._peer):
            self._close("revoked", REVOKED)
            if self._session is not None:
                self._gateway.server.receive(self._session, b"")

    def abort(self) -> None:
        """Close the connection at once."""
        self._advance(Phase.CLOSING)
        self._input = bytearray()  # now, because many may be aborted in one pass
        self.transport.abort()

    def process_slice(self) -> int:
        """Process a slice of the input, and return its size in bytes.

        The scheduler calls this. Reading is paused until all input is processed, so
        that no more than one read waits.
        """
        if self._is_paused or self.transport.is_closing():
            return 0
        return self._process(SLICE)

    # -- input -----------------------------------------------------------------

    def _process(self, size: int) -> int:
        data = bytes(self._input[:size])
        del self._input[:size]
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame) and self._phase < Phase.CLOSING:
                self._process_frame(event)
        self._deliver_lines()
        if self._protocol.parser_exc is not None:
            self._enter_failed()  # the library has queued the close frame
        self._send()
        self._update_reading()
        return len(data)

    def _shake_hands(self, request: Request) -> None:
        address = (self.transport.get_extra_info("peername") or ("", 0))[:2]
        has_tls = self.transport.get_extra_info("sslcontext") is not None
        shaken = respond(
            self._gateway, self._protocol, request, address, has_tls=has_tls
        )
        self._peer, self.key = shaken.peer, shaken.key
        response = shaken.response
        if self._peer.is_reported and not self._gateway.count(self, self._peer):
            response = self._protocol.reject(503, TOO_MANY)
        self._protocol.send_response(response)

    def _process_frame(self, frame: Frame) -> None:
        try:
            if frame.opcode is Opcode.CLOSE:
                self._deliver_lines()
                self._end_input()
            elif frame.opcode is Opcode.BINARY:
                self._fail(1003, "lines must be in text frames")
            elif frame.opcode in {Opcode.PING, Opcode.PONG}:  # the library replies
                self._lines.count_overhead()
            else:
                self._lines.add(bytes(frame.data), is_last=frame.fin)
        except FrameError as exc:
            self._fail(exc.code, exc.reason)

    def _deliver_lines(self) -> None:
        """Pass complete lines to the server; the first one starts a session."""
        data = self._lines.take_lines()
        if self._phase is not Phase.OPEN or not data:
            return
        if self._session is None:
            gateway = self._gateway
            session = gateway.server.connect(self, self._peer, gateway.connection_kind)
            if isinstance(session, Rejected):
                self._close(session.code, session.last)
                return
            self._session, self.deadline = session, None
            gateway.release_address(self)
            if self.key is not None and (gateway.signs_in or gateway.requires_account):
                data = with_credentials(data, self.key)
        self._gateway.server.receive(self._session, data)

    def _end_input(self) -> None:
        """Report the end of the page's input to the chat."""
        if self._phase is Phase.OPEN:
            self._advance(Phase.INPUT_ENDED)
            if self._session is not None:
                self._gateway.server.receive(self._session, b"")

    # -- closing ---------------------------------------------------------------

    def _advance(self, phase: Phase) -> None:
        self._phase = max(self._phase, phase)

    def _close(self, code: str, last: bytes) -> None:
        """Send *last* and a close frame, and wait for the page to close its side."""
        self._advance(Phase.CLOSING)
        if last:
            self.write(last)
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(CLOSE_CODES.get(code, 1000), code)
            self._send()
        wait = STOP_TIMEOUT if self._gateway.is_closing else CLOSE_TIMEOUT
        self.deadline = self._gateway.now() + wait
        self.set_reading(on=True)  # unread input would turn the FIN into a reset

    def _fail(self, code: int, reason: str) -> None:
        """Close the connection, because the page broke a rule."""
        self._protocol.fail(code, reason)
        self._enter_failed()

    def _enter_failed(self) -> None:
        """Stop reading, and wait for the page to close its side."""
        if self.has_failed:
            return
        self._end_input()
        self._advance(Phase.FAILED)
        self._lines.clear()
        self.deadline = self._gateway.now() + CLOSE_TIMEOUT

    # -- the transport ---------------------------------------------------------

    @property
    def _is_paused(self) -> bool:
        """Whether the processing of input is paused.

        A full transport pauses it, too, because replies to pings would pile up.
        """
        return self._is_full or self.has_failed or not self._may_read

    def _update_reading(self) -> None:
        """Schedule waiting input, and pause or resume the transport."""
        if self.has_failed:
            self._input.clear()
        unfinished = len(self._protocol.reader.buffer) + self._lines.size
        self._gateway.set_input_size(self, len(self._input) + unfinished)
        if self.transport.is_closing():
            return
        if self._input and not self._is_paused:
            self._gateway.scheduler.add(self)
        if self._input or self._is_paused:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _send(self) -> None:
        """Send the output of the library; an empty part means a FIN."""
        parts = self._protocol.data_to_send()
        if self.transport.is_closing():
            return
        if data := b"".join(parts):
            self.transport.write(data)
        if b"" in parts:
            self.transport.write_eof()
            self.deadline = self._gateway.now() + CLOSE_TIMEOUT
