"""A tunnel as ``ssh -L`` makes one: it connects at once, and its bytes come later."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Tunnel:
    """A listening port; its connections go to port *far*, at a round trip of *trip*.

    The far end connects to the server as soon as somebody connects here; the first
    bytes of the client come *trip* seconds later, and those of the server half of it.
    """

    def __init__(self, far: int, trip: float) -> None:
        self.far, self._trip = far, trip
        self._near = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._near.getsockname()[1]
        self._sockets = [self._near]

    def __enter__(self) -> Self:
        _start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._near.accept()
            except OSError:
                return  # it is closed
            try:
                server = socket.create_connection(("127.0.0.1", self.far))
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            _carry(client, server, self._trip)
            _carry(server, client, self._trip / 2)


def _carry(source: socket.socket, target: socket.socket, late: float) -> None:
    """Carry all that comes from *source*, and its end, so many seconds *late*."""
    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def read() -> None:
        data = b"?"
        while data:
            try:
                data = source.recv(65_536)
            except OSError:
                data = b""
            pieces.put((time.monotonic() + late, data))

    def write() -> None:
        data = b"?"
        with suppress(OSError):
            while data:
                due, data = pieces.get()
                time.sleep(max(0.0, due - time.monotonic()))
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    _start(read)
    _start(write)


def _start(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()
