"""The server's side of a connection, in the process of the test."""

import json
import socket
import struct
from typing import Self

from tests.client.client_process import TIMEOUT
from tests.client.server_lines import plain_message


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._lines = sock.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send_message(self, source: object, text: object) -> None:
        """Send one message."""
        self.sock.sendall(plain_message(source, text))

    def read_line(self) -> bytes:
        """Return the next line with its LF, or b"" at the end of file."""
        return self._lines.readline()

    def read_json(self) -> dict[str, object]:
        """Return the JSON object on the next line."""
        found = json.loads(self.read_line())
        assert isinstance(found, dict)
        return found

    def echo(self, name: str = "me") -> None:
        """Read a message and send it back to its sender."""
        self.send_message(name, self.read_json()["data"])

    def reset(self) -> None:
        """Reset the connection, without an end of file."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self.sock.close()


class Listener:
    """A listening socket, which accepts one connection after another."""

    def __init__(self) -> None:
        self._sock = socket.create_server(("127.0.0.1", 0))
        self._sock.settimeout(TIMEOUT)
        self.port: int = self._sock.getsockname()[1]

    def accept(self) -> Peer:
        """Accept the next connection."""
        sock, _ = self._sock.accept()
        sock.settimeout(TIMEOUT)
        return Peer(sock)

    def close(self) -> None:
        """Stop listening."""
        self._sock.close()
