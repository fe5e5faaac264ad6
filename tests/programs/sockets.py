"""A peer on a bare socket: no program, only bytes and a deadline."""

import json
import os
import socket
import struct
from contextlib import suppress
from typing import Self

from .event_loop import PATIENCE, Watch

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class Peer:
    """One end of a TCP connection to a server; a reset fails whoever waits."""

    def __init__(self, watch: Watch, port: int, *, deaf: bool = False) -> None:
        self._watch = watch
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._mouth = os.dup(self._socket.fileno())  # an ear and a mouth apart
        self._partial = b""
        self._heard = 0
        host, number = self._socket.getsockname()
        self.name = f"{host}:{number}"
        self.lines: list[str] = []
        self.ended = False
        if not deaf:
            watch.listen(self._socket.fileno(), self._take)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Leave without a word."""
        if self._socket.fileno() >= 0:
            self._watch.ignore(self._socket.fileno())
            self._socket.close()
            os.close(self._mouth)

    def send(self, data: bytes) -> None:
        """Send *data* as it is."""
        self._watch.write(self._mouth, data)

    def say(self, *texts: str) -> None:
        """Send chat messages."""
        lines = [json.dumps({"type": "message", "data": text}) for text in texts]
        self.send("".join(f"{line}\n" for line in lines).encode())

    def hear(self, words: str) -> str:
        """Listen on for a line that is shown with *words* in it, and return that."""
        self._watch.wait(
            lambda: self._place(words) >= 0 or self.ended,
            lambda: f"never heard {words!r} in {self.lines}",
        )
        place = self._place(words)
        assert place >= 0, f"ended without {words!r}: {self.lines}"
        self._heard = place + 1
        return self.lines[place]

    def hear_more(self, count: int) -> None:
        """Listen on until more than *count* lines were said."""
        self._watch.wait(
            lambda: len(self.lines) > count, lambda: f"no more than {self.lines}"
        )

    def hear_end(self) -> list[str]:
        """Listen to the end of file and return all that was said."""
        self._watch.wait(lambda: self.ended, lambda: f"goes on: {self.lines}")
        return self.lines

    def _place(self, words: str) -> int:
        places = range(self._heard, len(self.lines))
        return next((place for place in places if words in self.lines[place]), -1)

    def _take(self, data: bytes) -> None:
        self.ended = not data
        if self.ended:  # as clients do, so that no server waits for us
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
        *lines, self._partial = (self._partial + data).split(b"\n")
        self.lines += map(shown, lines)


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
