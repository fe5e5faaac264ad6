"""Bare sockets that stand for a client or a server, with a deadline for every wait."""

import json
import os
import socket
import struct
from contextlib import suppress
from typing import Self

from .event_loop import TIMEOUT, EventLoop

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, with a timeout of 0


class SocketClient:
    """A TCP connection to a server; a reset fails the test.

    With *reads* False, it never reads what the server sends.
    """

    def __init__(self, loop: EventLoop, port: int, *, reads: bool = True) -> None:
        self._loop = loop
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        # A second descriptor, since a selector takes each descriptor only once.
        self._output = os.dup(self._socket.fileno())
        self._partial = b""
        self._position = 0
        host, number = self._socket.getsockname()
        self.name = f"{host}:{number}"
        self.lines: list[str] = []
        self.ended = False
        if reads:
            loop.add_reader(self._socket.fileno(), self._receive)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._socket.fileno() >= 0:
            self._loop.remove(self._socket.fileno())
            self._socket.close()
            os.close(self._output)

    def send(self, data: bytes) -> None:
        """Send *data* unchanged."""
        self._loop.write_all(self._output, data)

    def take_name(self, name: str) -> Self:
        """Take a name, and wait until everybody in the lobby knows."""
        self.send(f"{json.dumps({'type': 'set-name', 'data': name})}\n".encode())
        self.expect(f"renamed to {name}")
        return self

    def send_messages(self, *texts: str) -> None:
        """Send a chat message for each of *texts*."""
        lines = [json.dumps({"type": "message", "data": text}) for text in texts]
        self.send("".join(f"{line}\n" for line in lines).encode())

    def expect(self, text: str) -> str:
        """Wait for the next line that is displayed with *text*, and return it."""
        self._loop.run_until(
            lambda: self._place(text) >= 0 or self.ended,
            lambda: f"no {text!r} in {self.lines}",
        )
        place = self._place(text)
        assert place >= 0, f"ended without {text!r}: {self.lines}"
        self._position = place + 1
        return self.lines[place]

    def expect_more_than(self, count: int) -> None:
        """Wait until more than *count* lines were received."""
        self._loop.run_until(
            lambda: len(self.lines) > count, lambda: f"no more than {self.lines}"
        )

    def expect_end(self) -> list[str]:
        """Wait for the end of file, and return all lines that were received."""
        self._loop.run_until(lambda: self.ended, lambda: f"no end: {self.lines}")
        return self.lines

    def _place(self, text: str) -> int:
        places = range(self._position, len(self.lines))
        return next((place for place in places if text in self.lines[place]), -1)

    def _receive(self, data: bytes) -> None:
        self.ended = not data
        if self.ended:  # as clients do, so that the server need not wait for it
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
        *lines, self._partial = (self._partial + data).split(b"\n")
        self.lines += map(displayed, lines)


class Listener:
    """A listening socket in place of a server."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(TIMEOUT)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def accept(self) -> socket.socket:
        """Accept the next connection."""
        connection, _ = self._socket.accept()
        connection.settimeout(TIMEOUT)
        return connection


def reset(connection: socket.socket) -> None:
    """Close *connection* with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def displayed(line: bytes) -> str:
    """Return *line* of the wire as the assignment's client displays it."""
    data = json.loads(line)["data"]
    return f"{data['source']}: {data['message']}"
