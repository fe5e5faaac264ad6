"""A program with a pipe for each of its standard streams."""

import signal
import subprocess

from .event_loop import TIMEOUT, EventLoop, Output


class Program:
    """A running process, whose output the event loop reads."""

    def __init__(self, loop: EventLoop, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._loop = loop
        self._process = process
        self.pid = process.pid
        self._stdout, self._stderr = process.stdout, process.stderr
        self.out = Output(loop, self._stdout.fileno())
        self.err = Output(loop, self._stderr.fileno())

    def type(self, *lines: str) -> None:
        """Write *lines* to the program's standard input."""
        self.feed("".join(f"{line}\n" for line in lines).encode())

    def feed(self, data: bytes) -> None:
        """Write *data* to the program's standard input."""
        assert self._process.stdin is not None
        self._loop.write_all(self._process.stdin.fileno(), data)

    def close_input(self) -> None:
        """Close the program's standard input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def close_output(self) -> None:
        """Close our end of the standard output, as `head` does after its last line."""
        self._loop.remove(self._stdout.fileno())
        self._stdout.close()
        self.out.ended = True

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for the end; return the exit code that a shell would report."""
        self.out.expect_end()
        self.err.expect_end()
        return self.wait_without_reading()

    def ends_within(self, seconds: float) -> bool:
        """Return whether the program ends within *seconds*."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait_without_reading(self) -> int:
        """Wait for the end without reading the output; return the exit code."""
        status = self._process.wait(TIMEOUT)
        return status if status >= 0 else 128 - status

    def stop(self) -> int:
        """Send SIGTERM to the program, and wait until it ends."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def clean_up(self) -> None:
        """Kill the program if it still runs, and close its pipes."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._stdout, self._stderr):
            if pipe is not None and not pipe.closed:
                self._loop.remove(pipe.fileno())
                pipe.close()
