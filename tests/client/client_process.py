"""The client in a process of its own."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable

TIMEOUT = 10.0  # seconds, for operations that should be immediate
PROGRAM = (
    "import sys; from parlour.client import Options, run; "
    "sys.exit(run(Options('127.0.0.1', int(sys.argv[1]), "
    "**{{'dialect': 'plain'}} | dict({}))))"
)


def client_command(port: int, options: str, before: str = "") -> list[str]:
    """Return the command that starts a client.

    *options* are keyword arguments of `Options` as Python source; without a dialect
    among them the client uses the plain one. *before* is source to run first.
    """
    return [sys.executable, "-c", before + PROGRAM.format(options), str(port)]


def wait_until(condition: Callable[[], bool], wanted: str) -> None:
    """Call *condition*, which waits for output itself, until it returns True."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, f"no {wanted} within {TIMEOUT} s"


class ClientProcess:
    """The program under test, with a pipe for each of its streams."""

    def __init__(self, port: int, options: str = "", stdin: int | None = None) -> None:
        environ = {**os.environ, "PYTHONWARNINGS": "error"}
        for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
            environ.pop(name, None)
        self._process = subprocess.Popen(
            client_command(port, options),
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

    def write_input(self, data: bytes, *, is_end: bool = False) -> None:
        """Write *data* to its standard input; with *is_end*, close it afterwards."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()
        if is_end:
            self._process.stdin.close()

    def wait_for_output(self, text: str, stream: int = 1) -> None:
        """Read until *text* is on the standard output, or on *stream* 2."""
        wait_until(lambda: text in self._read(stream), text)

    def close_output(self) -> None:
        """Close our end of its standard output."""
        assert self._process.stdout is not None
        self._process.stdout.close()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Read the remaining output, and return the exit code."""
        process = self._process
        for stream, pipe in ((1, process.stdout), (2, process.stderr)):
            if pipe is not None and not pipe.closed:
                while chunk := os.read(pipe.fileno(), 65536):
                    self._seen[stream] += chunk
        return process.wait(TIMEOUT)

    def end(self) -> None:
        """Kill the process if it runs, and close its pipes."""
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
