"""The reader threads: one per client, until the end of its input."""

import threading
import time
from functools import partial

from ..trace import Trace
from ..transport_state import OPEN
from .draining_sockets import DrainingSockets
from .shared_state import SharedState
from .transports import SocketTransport


class ReaderThreads:
    """The threads that read from clients, at most *recv_size* bytes at once."""

    def __init__(
        self,
        state: SharedState,
        writer: DrainingSockets,
        trace: Trace | None,
        recv_size: int,
    ) -> None:
        self._state, self._writer, self._trace = state, writer, trace
        self._recv_size = recv_size

    def start(self, transport: SocketTransport) -> None:
        """Start a thread. Raises RuntimeError if the system has no more threads."""
        threading.Thread(
            target=self.read, args=(transport,), name=transport.address, daemon=True
        ).start()

    def read(self, transport: SocketTransport) -> None:
        """Read until the end of the input (step 2), in the calling thread.

        An exception is a bug. It ends this thread with a traceback, and the connection
        as if that was broken: without a reader, it could never be closed.
        """
        try:
            self._receive(transport)
        except BaseException:
            transport.has_failed_read = True
            raise
        finally:
            with self._state.lock:
                self._state.post(partial(self._writer.input_ended, transport))

    def _receive(self, transport: SocketTransport) -> None:
        connection, state, trace = transport.connection, self._state, self._trace
        transport.wait_for_first_input()
        data = b"-"
        while data:
            data = transport.read(self._recv_size)
            if trace is not None:
                trace.received(connection, data)
            with state.lock:
                transport.is_receiving = False
                if transport.state is OPEN and not transport.has_failed_read:
                    state.receive(connection, data, time.monotonic())
