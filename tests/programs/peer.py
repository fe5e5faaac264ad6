"""A peer on a bare socket: no program, only bytes and a deadline."""

import json
import socket
import struct
from typing import Self

from .watch import PATIENCE

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class Peer:
    """One end of a TCP connection to a server under test."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._lines = self._socket.makefile("rb")
        host, number = self._socket.getsockname()
        self.name = f"{host}:{number}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send *data* as it is."""
        self._socket.sendall(data)

    def say(self, text: str) -> None:
        """Send a chat message."""
        self.send(json.dumps({"type": "message", "data": text}).encode() + b"\n")

    def hear(self, words: str) -> str:
        """Read on for a line that is shown with *words* in it, and return that."""
        heard = []
        for line in self._lines:
            heard.append(shown(line))
            if words in heard[-1]:
                return heard[-1]
        raise AssertionError(f"ended without {words!r}: {heard}")

    def hear_end(self) -> list[str]:
        """Read to the end of file (a reset raises) and return what was said."""
        return [shown(line) for line in self._lines]


class Listener:
    """A server that is nothing but a listening socket."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def accept(self) -> socket.socket:
        """Take the next connection."""
        connection, _ = self._socket.accept()
        connection.settimeout(PATIENCE)
        return connection


def reset(connection: socket.socket) -> None:
    """End *connection* with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def shown(line: bytes) -> str:
    """Return *line* as the assignment's client shows it."""
    data = json.loads(line)["data"]
    return f"{data['source']}: {data['message']}"
