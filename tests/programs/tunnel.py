"""A TCP tunnel with latency, like ``ssh -L`` over a slow network."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Tunnel:
    """A listening port that forwards connections to *target_port*.

    The tunnel connects to the server as soon as a client connects to the tunnel. It
    delays the client's data by *round_trip* seconds and the server's by half of that.
    """

    def __init__(self, target_port: int, round_trip: float) -> None:
        self.target_port, self._round_trip = target_port, round_trip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets = [self._listener]

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
                client, _ = self._listener.accept()
            except OSError:
                return  # the tunnel is closed
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            _forward(client, server, self._round_trip)
            _forward(server, client, self._round_trip / 2)


def _forward(source: socket.socket, target: socket.socket, delay: float) -> None:
    """Forward the data and the end of *source* to *target* after *delay* seconds."""
    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def read() -> None:
        data = b"?"
        while data:
            try:
                data = source.recv(65_536)
            except OSError:
                data = b""
            pieces.put((time.monotonic() + delay, data))

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
