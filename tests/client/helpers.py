"""A client in a process of its own, and the server it talks with, in this one."""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Self

PATIENCE = 10.0  # seconds, for what should take none
PROGRAM = (
    "import sys; from parlour.client import Options, run; "
    "sys.exit(run(Options('127.0.0.1', int(sys.argv[1]), "
    "**{{'dialect': 'plain'}} | dict({}))))"
)


def command(port: int, options: str, before: str = "") -> list[str]:
    """Return how to start a client with *options*, as Python spells them.

    It says no hello unless they say so.

    What else is to be done *before* is spelled in Python, too.
    """
    return [sys.executable, "-c", before + PROGRAM.format(options), str(port)]


def said(source: object, text: object) -> bytes:
    """Return the line of the wire on which *source* said *text*."""
    message = {"type": "message", "data": {"source": source, "message": text}}
    return json.dumps(message).encode() + b"\n"


def word(kind: str, **data: object) -> bytes:
    """Return a line of the session dialect."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def welcome(
    sequence: int, *, epoch: str = "e", you: str = "Ann", recovered: bool = True
) -> bytes:
    """Return the line on which a server takes our hello."""
    stand = {"epoch": epoch, "sequence": sequence, "recovered": recovered}
    return word("welcome", you=you, rooms={"lobby": stand})


def wait_until(is_so: Callable[[], bool], wanted: str) -> None:
    """Poll until *is_so* waits for input and finds what was *wanted*."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"no {wanted} within {PATIENCE} s"


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._lines = sock.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def say(self, source: object, text: object) -> None:
        """Send one message."""
        self.sock.sendall(said(source, text))

    def hear(self) -> bytes:
        """Return the next line with its LF, or b"" at the end of file."""
        return self._lines.readline()

    def heard(self) -> dict[str, object]:
        """Return the next line as what it means."""
        found = json.loads(self.hear())
        assert isinstance(found, dict)
        return found

    def echo(self, name: str = "me") -> None:
        """Hear a message and send it back to the one who said it."""
        self.say(name, self.heard()["data"])

    def reset(self) -> None:
        """Cut the connection off, without an end of file."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._lines.close()
        self.sock.close()


class Listener:
    """A server of one connection after the other."""

    def __init__(self) -> None:
        self._sock = socket.create_server(("127.0.0.1", 0))
        self._sock.settimeout(PATIENCE)
        self.port: int = self._sock.getsockname()[1]

    def accept(self) -> Peer:
        """Take the next connection."""
        sock, _ = self._sock.accept()
        sock.settimeout(PATIENCE)
        return Peer(sock)

    def close(self) -> None:
        """Stop listening."""
        self._sock.close()


class Client:
    """The program under test, with a pipe for each of its streams."""

    def __init__(self, port: int, options: str = "", stdin: int | None = None) -> None:
        environ = {**os.environ, "PYTHONWARNINGS": "error"}
        for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
            environ.pop(name, None)
        self._process = subprocess.Popen(
            command(port, options),
            stdin=subprocess.PIPE if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
        )
        self._seen = {1: b"", 2: b""}

    @property
    def out(self) -> str:
        """All of the standard output that was read so far."""
        return self._seen[1].decode()

    @property
    def err(self) -> str:
        """All of the standard error that was read so far."""
        return self._seen[2].decode()

    def type(self, data: bytes, *, is_all: bool = False) -> None:
        """Put *data* into its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()
        if is_all:
            self._process.stdin.close()

    def see(self, text: str, stream: int = 1) -> None:
        """Read until *text* is on the standard output, or on *stream* 2."""
        wait_until(lambda: text in self._read(stream), text)

    def stop_reading(self) -> None:
        """Close our end of its standard output."""
        assert self._process.stdout is not None
        self._process.stdout.close()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Read what is left, and return the exit code."""
        process = self._process
        for stream, pipe in ((1, process.stdout), (2, process.stderr)):
            if pipe is not None and not pipe.closed:
                while chunk := os.read(pipe.fileno(), 65536):
                    self._seen[stream] += chunk
        return process.wait(PATIENCE)

    def end(self) -> None:
        """Leave nothing of it behind."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self, stream: int) -> str:
        pipe = self._process.stdout if stream == 1 else self._process.stderr
        assert pipe is not None
        ready, _, _ = select.select([pipe], [], [], 0.5)
        if ready:
            chunk = os.read(pipe.fileno(), 65536)
            assert chunk, f"ended without it: {self.out!r} {self.err!r}"
            self._seen[stream] += chunk
        return self._seen[stream].decode(errors="replace")
